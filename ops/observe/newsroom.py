"""What a newsroom asks: is what we sent there, what was refused, who reads, is the hot list of now."""

from ops.observe.panels import Query, Section, curves, dashboard, number, quantiles

_ACCEPTED = 'remen_ingest_inputs_total{outcome="accepted"}'
_REFUSED = "remen_ingest_refused_total"
_WAITING = 'remen:lag_records:sum{job="ingest", topic=~"ingest[.]v1.*", topic!="ingest.v1.dead"}'
_PAGES = 'remen_render_requests_total{route=~"|article|section|series|hot|search"}'
"""The front page's route has no name."""
_READ = 'remen_render_views_total{outcome="accepted"}'


def made() -> str:
    """Give the dashboard."""
    return dashboard(
        "remen-newsroom",
        "Newsroom",
        "Articles on their way to readers, and readers on their way to the hot list.",
        "now-24h",
        (
            Section(
                "Now",
                (
                    number(
                        "Accepted today",
                        f"sum(increase({_ACCEPTED}[24h]))",
                        "In the last 24 hours: articles, withdrawals and what the desk did.",
                    ),
                    number(
                        "Refused today",
                        f"sum(increase({_REFUSED}[24h])) or vector(0)",
                        "In the last 24 hours. `remen rejected` lists them, each with its reason.",
                    ),
                    number(
                        "Set aside",
                        "max(remen_ingest_quarantined)",
                        "Messages that ingest could not decide about; the operator settles them.",
                        bad_from=1,
                    ),
                    number(
                        "Until it is read",
                        "remen:readable_seconds:p95",
                        "From sending until it stands on the pages: 95 of 100 of the last five minutes.",
                        "s",
                        bad_from=2,
                    ),
                    number(
                        "Age of the hot list",
                        "remen:list_age_seconds:max",
                        "Of the list that readers see. From two minutes on pages say 更新于.",
                        "s",
                        bad_from=60,
                    ),
                    number(
                        "Views an hour",
                        f"sum(increase({_READ}[1h]))",
                        "Reported by pages in the last hour; rank counts a reader once a day.",
                    ),
                ),
            ),
            Section(
                "Articles",
                (
                    curves(
                        "Published and refused",
                        "Messages an hour, by what became of them.",
                        Query(f"sum(rate({_ACCEPTED}[15m])) * 3600", "accepted"),
                        Query(f"sum(rate({_REFUSED}[15m])) * 3600 or vector(0)", "refused"),
                    ),
                    curves(
                        "Why it was refused",
                        "In 15 minutes. `invalid`: a field; `conflict`: an older revision, a taken id.",
                        Query(f"sum by (reason) (increase({_REFUSED}[15m])) or vector(0)", "{{reason}}"),
                    ),
                    quantiles(
                        "Sent → readable",
                        "From the arrival in the log until the page has it.",
                        "readable_seconds",
                    ),
                    curves(
                        "Waiting to be decided",
                        "Messages that lie in a topic; near nothing, unless much is sent at once.",
                        Query(
                            _WAITING,
                            "{{topic}}",
                        ),
                    ),
                ),
            ),
            Section(
                "Readers",
                (
                    curves(
                        "Reading",
                        "A view: one reader, one article, one day. The edge answers more pages than render.",
                        Query("sum(rate(remen_rank_views_total[5m]))", "views counted a second"),
                        Query(
                            f"sum(rate({_PAGES}[5m]))",
                            "pages a second",
                        ),
                    ),
                    quantiles(
                        "View → list", "From a view until the hot list counts it.", "view_to_list_seconds"
                    ),
                    curves(
                        "Age of the hot list",
                        "Of the list that readers see.",
                        Query("remen:list_age_seconds:max", "age"),
                        unit="s",
                    ),
                    curves(
                        "Searches",
                        "A minute, by what came of them.",
                        Query(
                            "sum by (outcome) (rate(remen_render_searches_total[5m])) * 60 or vector(0)",
                            "{{outcome}}",
                        ),
                    ),
                ),
            ),
        ),
    )
