"""What an operator asks: which alert is up, what is behind, what fills up, what stands still."""

from ops.observe.panels import Query, Section, curves, dashboard, number, quantiles

_FOREIGN = "remen_foreign_records_total"
_JOBS = 'job=~"ingest|rank|render"'


def made() -> str:
    """Give the dashboard."""
    return dashboard(
        "remen-operations",
        "Operations",
        "The three services, Kafka as they see it, Redis and the disk. What an alert means: ops/RUNBOOK.md.",
        "now-3h",
        (
            Section(
                "Now",
                (
                    number(
                        "Alerts",
                        'count(ALERTS{alertstate="firing"}) or vector(0)',
                        "Firing; Prometheus names them under Alerts.",
                        bad_from=1,
                    ),
                    number("Replicas", f"sum(up{{{_JOBS}}})", "That answer, of all three services."),
                    number(
                        "Waiting",
                        "count(remen_ready == 0) or vector(0)",
                        "Checks of /readyz that wait for something.",
                        bad_from=1,
                    ),
                    number(
                        "Undecided and unread",
                        "sum(remen:lag_records:max)",
                        "Records that lie before a consumer, in all topics.",
                    ),
                    number(
                        "Redis",
                        "max(remen:redis_memory:ratio)",
                        "Of its memory. When it is full rank waits.",
                        "percentunit",
                        bad_from=0.85,
                    ),
                    number(
                        "Disk left",
                        "min(remen:disk_free:ratio)",
                        "Of the disk beneath the renders' stores; on one machine it is Kafka's too.",
                        "percentunit",
                    ),
                ),
            ),
            Section(
                "Behind",
                (
                    curves(
                        "Lag by topic",
                        "Records not read yet, of the replica that is furthest behind.",
                        Query("remen:lag_records:sum", "{{job}} {{topic}}"),
                    ),
                    curves(
                        "Lag by partition",
                        "The ten that are furthest behind.",
                        Query("topk(10, remen:lag_records:max)", "{{job}} {{topic}} {{partition}}"),
                    ),
                    curves(
                        "Rebuilds: part that is read",
                        "1 when a replica has read what lay in its log at the beginning.",
                        Query("remen_ingest_rebuild_ratio", "ingest {{instance}}"),
                        Query("remen_rank_rebuild_ratio", "rank {{instance}}"),
                        Query("remen_render_rebuild_ratio", "render {{instance}}"),
                        unit="percentunit",
                    ),
                    curves(
                        "Rebuilds: time left",
                        "At the speed so far.",
                        Query("remen_ingest_rebuild_left_seconds", "ingest {{instance}}"),
                        Query("remen_rank_rebuild_left_seconds", "rank {{instance}}"),
                        Query("remen_render_rebuild_left_seconds", "render {{instance}}"),
                        unit="s",
                    ),
                    quantiles(
                        "Sent → readable",
                        "From the arrival in the log until the page has it.",
                        "readable_seconds",
                    ),
                    quantiles(
                        "View → list", "From a view until the hot list counts it.", "view_to_list_seconds"
                    ),
                    curves(
                        "Rebalances",
                        "Times in ten minutes that a worker was given partitions.",
                        Query("increase(remen_ingest_rebalances_total[10m])", "ingest {{instance}}"),
                        Query("increase(remen_rank_rebalances_total[10m])", "rank {{instance}}"),
                    ),
                    curves(
                        "Age of the hot list",
                        "As each replica shows it, and as the worker that publishes it says.",
                        Query("remen_render_hot_age_seconds", "render {{instance}}"),
                        Query("remen_rank_list_age_seconds", "rank {{instance}}"),
                        unit="s",
                    ),
                ),
            ),
            Section(
                "Answers and refusals",
                (
                    curves(
                        "Pages by status",
                        "Answers of render a second.",
                        Query("sum by (status) (rate(remen_render_requests_total[5m]))", "{{status}}"),
                    ),
                    curves(
                        "Newsroom's HTTP by status",
                        "Answers of ingest a second.",
                        Query(
                            "sum by (status) (rate(remen_ingest_requests_total[5m])) or vector(0)",
                            "{{status}}",
                        ),
                    ),
                    curves(
                        "Views that pages report",
                        "A second, by what became of them.",
                        Query(
                            "sum by (outcome) (rate(remen_render_views_total[5m])) or vector(0)",
                            "{{outcome}}",
                        ),
                    ),
                    curves(
                        "Views that earn nothing",
                        "A second: dropped by reason, and readers who had been counted.",
                        Query(
                            "sum by (reason) (rate(remen_rank_views_dropped_total[5m])) or vector(0)",
                            "{{reason}}",
                        ),
                        Query("sum(rate(remen_rank_views_repeated_total[5m]))", "repeated"),
                    ),
                    curves(
                        "Foreign records",
                        "In 15 minutes: what something else wrote into our topics.",
                        Query(
                            f"sum by (topic, reason) (increase({_FOREIGN}[15m])) or vector(0)",
                            "{{topic}} {{reason}}",
                        ),
                    ),
                    curves(
                        "Pages finished already",
                        "Part of what render is asked for that it had made before.",
                        Query("remen:page_hits:ratio", "hits"),
                        unit="percentunit",
                    ),
                ),
            ),
            Section(
                "What fills up",
                (
                    curves(
                        "Redis",
                        "Its memory and its limit.",
                        Query("max by (server) (remen_rank_redis_memory_bytes)", "{{server}} used"),
                        Query(
                            "max by (server) (remen_rank_redis_memory_limit_bytes) > 0", "{{server}} limit"
                        ),
                        unit="bytes",
                    ),
                    curves(
                        "Redis: time until it is full",
                        "At the speed of the last six hours; empty while it does not grow.",
                        Query("remen:redis_memory:seconds_to_full", "{{server}}"),
                        unit="s",
                    ),
                    curves(
                        "Stores of render",
                        "Articles, and the index of the search.",
                        Query("remen_render_store_bytes", "{{instance}} {{file}}"),
                        unit="bytes",
                    ),
                    curves(
                        "Disk left",
                        "Beneath them.",
                        Query("remen_render_disk_free_bytes", "{{instance}}"),
                        unit="bytes",
                    ),
                ),
            ),
            Section(
                "Processes",
                (
                    curves(
                        "Processors",
                        "Cores in use.",
                        Query(f"rate(process_cpu_seconds_total{{{_JOBS}}}[1m])", "{{job}} {{instance}}"),
                    ),
                    curves(
                        "Memory",
                        "That a process occupies.",
                        Query(f"process_resident_memory_bytes{{{_JOBS}}}", "{{job}} {{instance}}"),
                        unit="bytes",
                    ),
                    curves(
                        "Longest stall",
                        "Of the event loop, within a minute: nothing is answered meanwhile.",
                        Query("remen_event_loop_longest_stall_seconds", "{{job}} {{instance}}"),
                        unit="s",
                    ),
                    curves(
                        "Open files",
                        "Connections are among them.",
                        Query(f"process_open_fds{{{_JOBS}}}", "{{job}} {{instance}}"),
                    ),
                ),
            ),
        ),
    )
