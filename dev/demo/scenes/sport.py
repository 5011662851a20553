"""Scenes of sport, most of them seen from above or afar: shapes before faces."""

from math import cos, sin
from random import Random

from dev.demo.brush import box, disc, dot, figure, place, polygon, ridge, shape, stroke
from dev.demo.palettes import Palette


def stadium(rng: Random, p: Palette) -> list[str]:
    """A lit ground at evening, the crowd as dots in its stands."""
    crowd: dict[str, str] = {}
    for ring in range(4):
        for i in range(36):
            x = 70 + i * 30 + ring % 2 * 12
            y = 396 + ring * 26 - 60 * (1 - ((x - 600) / 560) ** 2)
            fill = rng.choice((p.pale, p.far, p.sun, p.accent, p.near))
            crowd[fill] = crowd.get(fill, "") + box(x, y, 13, 13)
    masts = "".join(f"M{x} 420V120" for x in (130, 1070))
    lamps = "".join(dot(x + dx, y, 11) for x in (130, 1070) for dx in (-28, 0, 28) for y in (96, 126))
    stripes = "".join(
        polygon(
            (600 + k * 74, 510), (600 + (k + 1) * 74, 510), (600 + (k + 1) * 150, 800), (600 + k * 150, 800)
        )
        for k in range(-8, 9, 2)
    )
    return [
        disc(rng.choice((360, 840)), 190, 50, p.sun),
        shape(ridge(rng, 300, 30), p.far),
        shape(
            polygon((130, 110), (-60, 640), (620, 640)) + polygon((1070, 110), (580, 640), (1260, 640)),
            p.pale,
            0.16,
        ),
        stroke(masts, p.deep, 9),
        shape(lamps, p.pale),
        shape("M0 420Q600 220 1200 420V520H0z", p.deep),
        *(shape(d, fill, 0.9) for fill, d in crowd.items()),
        shape(box(0, 488, 1200, 312), p.mid),
        shape(stripes, p.near, 0.4),
        stroke("M-20 520H1220M600 520V800M330 660a270 90 0 0 1 540 0a270 90 0 0 1-540 0", p.pale, 5, 0.85),
        shape(figure(380, 640, 88) + figure(700, 610, 74) + figure(930, 700, 104), p.accent),
        shape(figure(480, 730, 112) + figure(820, 600, 72) + figure(240, 590, 70), p.deep),
        disc(560, 724, 13, p.pale),
    ]


def track(rng: Random, p: Palette) -> list[str]:
    """The bend of a running track from above, runners with their long shadows."""
    ring = "M{0} 1000A{1} {1} 0 0 1 {2} 1000"
    lanes = "".join(ring.format(-100 - r, r, r - 100) for r in range(488, 1130, 76))
    parts = [
        shape(box(0, 0, 1200, 800), p.far),
        shape(ring.format(-1200, 1100, 1000) + "z", p.accent),
        shape(ring.format(-588, 488, 388) + "z", p.mid),
        shape(ring.format(-500, 400, 300) + "z", p.near, 0.5),
        stroke(lanes, p.pale, 6, 0.85),
        shape(
            "".join(dot(rng.uniform(760, 1190), rng.uniform(10, 110), rng.uniform(18, 44)) for _ in range(9)),
            p.near,
        ),
        shape(
            "".join(
                dot(rng.uniform(1080, 1190), rng.uniform(90, 480), rng.uniform(18, 40)) for _ in range(9)
            ),
            p.near,
        ),
    ]
    for lane in range(8):
        turn, r = rng.uniform(0.72, 1.3) if lane else 1.0, 526 + lane * 76
        x, y = r * cos(turn) - 100, 1000 - r * sin(turn)
        dx, dy = 22 * cos(turn), -22 * sin(turn)
        parts += [
            shape(f"M{x - 14:.0f} {y + 12:.0f}l90 84q18 12 30 0q8-14-8-26l-84-84z", p.deep, 0.3),
            stroke(
                f"M{x - dx:.0f} {y - dy:.0f}L{x + dx:.0f} {y + dy:.0f}l{dy * 0.9:.0f} {-dx * 0.9:.0f}",
                p.pale,
                15,
            ),
            disc(x, y, 19, (p.deep, p.sun, p.near)[(lane + rng.randrange(2)) % 3]),
        ]
    return parts


def pool(rng: Random, p: Palette) -> list[str]:
    """Swimming lanes from above, each swimmer with a wake."""
    parts = [shape(box(0, 0, 1200, 800), p.sky), shape(box(0, 60, 1200, 680), p.mid)]
    ripples = "".join(
        f"M{rng.uniform(0, 1120):.0f} {rng.uniform(80, 720):.0f}q20-12 40 0t40 0" for _ in range(40)
    )
    parts.append(stroke(ripples, p.glow, 4, 0.35))
    for lane in range(1, 6):
        y = 60 + lane * 680 / 6
        parts.append(stroke(f"M0 {y:.0f}H1200", p.pale, 13))
        parts.append(
            f'<path d="M0 {y:.0f}H1200" stroke="{p.accent}" stroke-width="13" stroke-dasharray="54 54"/>'
        )
    for lane in range(6):
        x, y = rng.uniform(260, 960), 60 + (lane + 0.5) * 680 / 6
        cap = (p.accent, p.sun, p.pale, p.deep)[(lane + rng.randrange(4)) % 4]
        parts += [
            shape(f"M{x - 130:.0f} {y - 10:.0f}l-150-16q-30 26 0 52l150-16z", p.pale, 0.55),
            shape(f"M{x:.0f} {y - 17:.0f}q-70-8-136 6v22q66 14 136 6z", p.deep, 0.75),
            stroke(
                f"M{x - 20:.0f} {y - 12:.0f}q20-34 66-30M{x - 20:.0f} {y + 12:.0f}q-14 30-60 32",
                p.deep,
                13,
                0.75,
            ),
            disc(x + 14, y, 19, cap),
        ]
    return [
        *parts,
        shape(box(0, 0, 1200, 60) + box(0, 740, 1200, 60), p.far),
        shape(box(0, 52, 1200, 10) + box(0, 738, 1200, 10), p.near),
    ]


def court(rng: Random, p: Palette) -> list[str]:
    """A net across a hall's floor, a shuttlecock high in the light."""
    x = rng.choice((420, 640, 760))
    windows = "".join(box(60 + i * 190, 60, 130, 190) for i in range(6))
    beams = "".join(
        polygon((60 + i * 190, 250), (190 + i * 190, 250), (90 + i * 190, 800), (-90 + i * 190, 800))
        for i in range(6)
    )
    mesh = "".join(f"M{120 + i * 40} 420v110" for i in range(25)) + "".join(
        f"M100 {440 + i * 24}H1100" for i in range(4)
    )
    return [
        shape(box(0, 0, 1200, 520), p.far),
        shape(windows, p.pale),
        shape(box(0, 520, 1200, 280), p.mid),
        shape(beams, p.glow, 0.28),
        stroke(
            "M-40 700H1240M-40 590H1240M600 590L600 800M180 560L-60 800M1020 560L1260 800", p.pale, 6, 0.85
        ),
        shape(figure(230, 640, 230), p.deep),
        stroke("M262 486l70-70m0 0l34-44", p.deep, 16),
        stroke(dot(392, 334, 42), p.accent, 8),
        shape(figure(930, 610, 200), p.accent),
        stroke("M900 470l-60-54", p.accent, 14),
        stroke(dot(808, 384, 36), p.deep, 7),
        stroke(mesh, p.near, 2, 0.55),
        stroke("M100 420H1100", p.pale, 14),
        stroke("M100 640V410M1100 640V410", p.deep, 14),
        shape(f"M{x - 40} {150}l80 0l-18 74h-44z", p.pale),
        stroke(f"M{x - 20} 152l8 70M{x + 20} 152l-8 70", p.mid, 3),
        shape(dot(x, 232, 24), p.accent),
    ]


def cycling(rng: Random, p: Palette) -> list[str]:
    """Riders strung out along a coast road below the hills."""
    parts = [disc(rng.choice((240, 900)), 210, 80, p.sun), shape(ridge(rng, 340, 60), p.far)]
    parts += [
        shape(ridge(rng, 430, 46, 210), p.mid, 0.8),
        shape("M0 520Q400 470 700 520T1200 500V800H0z", p.mid),
        shape("M0 690Q420 600 760 650T1200 610V800H0z", p.near),
        shape("M0 716Q420 628 760 676T1200 638V700Q980 690 760 742T0 786z", p.pale, 0.85),
        stroke("M0 750Q420 662 760 708T1200 668", p.mid, 4),
    ]
    for i, (x, y) in enumerate(((180, 712), (430, 676), (640, 676), (900, 690))):
        fill = (p.accent, p.sun, p.deep)[(i + rng.randrange(3)) % 3]
        parts.append(
            place(
                x + rng.uniform(-24, 24),
                y,
                stroke(dot(-44, 0, 34) + dot(50, 0, 34), p.deep, 6),
                stroke("M-44 0L-16-52H36L50 0M-16-52L4 0H-44M4 0L36-52l10-16", p.deep, 6),
                stroke("M-16-64L16-104", fill, 28),
                stroke("M18-100L46-66M-14-62L14-34L2-4", p.deep, 11),
                disc(42, -126, 17, p.pale),
                shape("M22-128a20 20 0 0 1 40 0z", fill),
            )
        )
    posts = "".join(f"M{i * 100 + 20} {790 - i % 3 * 4}v-30" for i in range(12))
    return [*parts, shape(ridge(rng, 782, 8, 260), p.deep), stroke(posts, p.deep, 8)]


def climbing(rng: Random, p: Palette) -> list[str]:
    """A rock face with a climber on the rope, the valley far below."""
    right = rng.random() < 0.5
    parts = [
        disc(300, 220, 80, p.sun),
        shape(ridge(rng, 520, 60), p.far),
        shape(ridge(rng, 620, 40, 210), p.mid),
    ]
    parts += [
        shape(ridge(rng, 710, 24), p.near),
        shape("M1220-10V800H520L600 690L560 560L660 470L620 330L720 210L690 90L760-10z", p.deep),
        shape(
            "M760-10L690 90L720 210L620 330L660 470L560 560L600 690L520 800"
            "H640L700 660L670 540L770 440L740 320L820 200L790 80L850-10z",
            p.near,
        ),
        stroke(
            "M900 60l60 120l-40 90m150-160l-50 140l70 110m-260 120l80 90l-30 120m170-200l60 130",
            p.near,
            6,
            0.8,
        ),
        stroke("M742-10Q700 160 652 300", p.pale, 4),
    ]
    holds = "".join(dot(rng.uniform(760, 1150), rng.uniform(40, 760), rng.uniform(7, 13)) for _ in range(16))
    parts.append(shape(holds, p.accent if right else p.sun, 0.8))
    return [
        *parts,
        stroke("M634 300L612 388", p.accent, 40),
        stroke("M640 288L690 236M622 296L668 330", p.pale, 15),
        stroke("M612 396L664 430L640 470M604 396L596 452L628 496", p.near if not right else p.pale, 17),
        disc(626, 252, 25, p.sun),
        stroke("M652 300L618 384", p.pale, 4),
        shape(figure(430, 776, 96), p.deep),
        stroke("M444 720Q560 620 630 380", p.pale, 3, 0.7),
    ]
