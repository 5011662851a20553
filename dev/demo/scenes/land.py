"""Scenes of hills, fields and skies."""

from itertools import pairwise
from random import Random

from dev.demo.brush import birds, box, curve, disc, dot, figure, place, polygon, ridge, shape, stroke
from dev.demo.palettes import Palette


def hills(rng: Random, p: Palette) -> list[str]:
    """Layers of hills under a low sun, a lone tree on the nearest."""
    sun_x = rng.choice((330, 760, 880))
    tree_x = 1020 if sun_x < 600 else 240
    return [
        disc(sun_x, 250, 78, p.sun),
        shape(ridge(rng, 370, 60), p.far),
        birds(rng, 1200 - sun_x, 210, p.near),
        shape(ridge(rng, 460, 55, 210), p.mid, 0.75),
        shape(ridge(rng, 560, 50), p.mid),
        shape(ridge(rng, 650, 40, 240), p.near),
        stroke(f"M{tree_x} 720v-150", p.deep, 12),
        shape(dot(tree_x, 520, 70) + dot(tree_x - 52, 566, 46) + dot(tree_x + 54, 560, 48), p.deep),
        shape("M0 730Q300 670 620 716T1200 700V800H0z", p.deep),
    ]


def peaks(rng: Random, p: Palette) -> list[str]:
    """Sharp mountains with a light and a dark side, a moon, mist between them and pines below."""
    parts = [disc(rng.choice((280, 900)), 190, 66, p.sun)]
    for base, fill, shade, height, xs in (
        (600, p.far, p.mid, 330, (150, 520, 960)),
        (690, p.mid, p.near, 300, (-20, 360, 760, 1130)),
    ):
        light = dark = snow = ""
        for middle in xs:
            x, top = middle + rng.uniform(-50, 50), base - height + rng.uniform(-60, 60)
            half = (base - top) * 0.95
            light += polygon((x - half, base), (x, top), (x + half, base))
            dark += polygon(
                (x, top), (x + half, base), (x + half * 0.16, base), (x - 30, top + 150), (x + 14, top + 70)
            )
            snow += polygon(
                (x, top),
                (x - 58, top + 61),
                (x - 20, top + 48),
                (x + 8, top + 82),
                (x + 26, top + 50),
                (x + 62, top + 65),
            )
        parts += [shape(light, fill), shape(dark, shade, 0.55), shape(snow, p.pale, 0.9)]
        parts.append(shape(ridge(rng, base - 55, 16, 260), p.glow, 0.55))
    pines = ""
    for i in range(17):
        x, h = i * 76 + rng.uniform(-22, 22), rng.uniform(90, 170)
        pines += polygon((x - h * 0.24, 770), (x, 770 - h), (x + h * 0.24, 770))
    return [*parts, shape(pines, p.near), shape(ridge(rng, 745, 18), p.deep)]


def terraces(rng: Random, p: Palette) -> list[str]:
    """Tea terraces in curved rows, a picker with a wide hat between them."""
    parts = [disc(rng.choice((300, 620)), 190, 62, p.sun), shape(ridge(rng, 290, 50), p.far)]
    parts.append(shape(ridge(rng, 350, 40, 230), p.mid, 0.6))
    shift = rng.uniform(-40, 40)
    for i in range(9):
        y = 400 + i * i * 3.2 + i * 17
        fill = (p.mid, p.near)[i % 2] if i < 6 else (p.near, p.deep)[i % 2]
        edge = (
            f"M0 {y + 90:.0f}C260 {y - 50:.0f} 520 {y + 110 + shift:.0f} 800 {y + 20:.0f}"
            f"S1100 {y - 70:.0f} 1200 {y - 40:.0f}"
        )
        parts += [shape(f"{edge}V800H0z", fill), stroke(edge, p.glow, 3, 0.5)]
    x = rng.choice((260, 420, 880))
    parts += [
        shape(figure(x, 700, 132), p.accent),
        shape(f"M{x - 48} 596Q{x} 572 {x} 548Q{x} 572 {x + 48} 596z", p.pale),
    ]
    return parts


def fields(rng: Random, p: Palette) -> list[str]:
    """Flooded rice fields that mirror the sky, a path and two herons."""
    sun_x = rng.choice((260, 640, 940))
    parts = [disc(sun_x, 250, 70, p.sun), shape(ridge(rng, 330, 46), p.far)]
    parts += [shape(ridge(rng, 372, 18, 220), p.mid), shape(box(0, 400, 1200, 400), p.near)]
    water = ""
    for row, (top, low) in enumerate(pairwise((404, 428, 464, 520, 604, 722, 880))):
        shift = rng.uniform(-120, 120)
        span, reach = (640, 7) if row < 2 else (300, 10 - row)
        for column in range(-reach, reach):
            west, east = column * span + shift, (column + 1) * span + shift - 10
            (near, far) = ((low - 8 - row - 330) / 470, (top - 330) / 470)
            water += polygon(
                (600 + west * far, top),
                (600 + east * far, top),
                (600 + east * near, low - 8 - row),
                (600 + west * near, low - 8 - row),
            )
    parts.append(shape(water, p.sky))
    glints = ((410, 70), (436, 110), (448, 60), (484, 130), (502, 80))
    parts.append(shape("".join(box(sun_x - w / 2, y, w, 6) for y, w in glints), p.sun, 0.5))
    seedlings = "".join(
        f"M{rng.uniform(20, 1180):.0f} {rng.uniform(620, 790):.0f}l-6-18m6 18v-22m0 22l6-18"
        for _ in range(34)
    )
    parts.append(stroke(seedlings, p.deep, 3, 0.8))
    heron = (
        stroke("M0 0v-42m10 0v42", p.deep, 3),
        shape("M-26-40q20-30 44-22q12-34 0-44q-2-16 14-14l26 8l-22 4q14 46-10 62q-18 16-52 6z", p.pale),
    )
    return [
        *parts,
        place(rng.uniform(250, 420), 590, *heron),
        place(rng.uniform(760, 960), 708, *heron, scale=1.5),
    ]


def trees(rng: Random, p: Palette) -> list[str]:
    """A wood of round and tall crowns in two depths, someone reading below."""
    parts = [disc(rng.choice((360, 830)), 250, 80, p.sun), shape(ridge(rng, 520, 40), p.far)]
    for base, count, low, high, fill, trunk in (
        (640, 11, 150, 260, p.mid, p.near),
        (730, 7, 260, 430, p.near, p.deep),
    ):
        crowns = trunks = lights = ""
        for i in range(count):
            x = (i + 0.5) * 1200 / count + rng.uniform(-30, 30)
            h = rng.uniform(low, high)
            w = h * rng.uniform(0.2, 0.27)
            top = base - h
            sway, low_y = w * 1.25, h * 0.66
            crowns += f"M{x:.0f} {top:.0f}c{w:.0f} 0 {sway:.0f} {low_y:.0f} 0 {low_y:.0f}"
            crowns += f"S{x - w:.0f} {top:.0f} {x:.0f} {top:.0f}z"
            trunks += f"M{x:.0f} {base}V{top + h * 0.3:.0f}m0 {h * 0.2:.0f}l{w * 0.4:.0f} {-h * 0.13:.0f}"
            lights += f"M{x - w * 0.45:.0f} {top + h * 0.3:.0f}"
            lights += f"q{-w * 0.1:.0f} {h * 0.14:.0f} {w * 0.1:.0f} {h * 0.22:.0f}"
        parts += [shape(crowns, fill), stroke(lights, p.glow, 6, 0.25), stroke(trunks, trunk, base / 100)]
        parts.append(shape(ridge(rng, base + 14, 14, 260), trunk))
    x = rng.choice((300, 560, 900))
    parts += [
        shape(figure(x, 752, 92), p.accent),
        shape(polygon((x + 10, 712), (x + 34, 702), (x + 34, 722), (x + 10, 732)), p.pale),
    ]
    return parts


def kites(rng: Random, p: Palette) -> list[str]:
    """Kites with long tails over a meadow, their strings running down to small figures."""
    parts = [disc(980, 610, 90, p.sun), shape(ridge(rng, 640, 30), p.far)]
    for i, (x, y, scale) in enumerate(((230, 250, 1.0), (520, 150, 0.7), (760, 330, 1.2), (1010, 190, 0.8))):
        kite_x, kite_y, ground = x + rng.uniform(-50, 50), y + rng.uniform(-40, 40), 260 + i * 210
        fill = (p.accent, p.near, p.sun, p.mid)[(i + rng.randrange(4)) % 4]
        line = (
            f"M{kite_x:.0f} {kite_y:.0f}Q{(kite_x + ground) / 2 + 60:.0f} {kite_y / 2 + 350:.0f} {ground} 668"
        )
        parts += [
            stroke(line, p.near, 2, 0.6),
            place(
                kite_x,
                kite_y,
                shape("M0-74L52 0L0 89L-52 0z", fill),
                shape("M0-74L52 0H0zM0 0V89L-52 0z", p.pale, 0.35),
                stroke("M0 89q34 45-10 82t14 88", fill, 6),
                scale=scale,
            ),
            shape(figure(ground, 715, 62 + 4 * i), p.deep),
        ]
    return [
        *parts,
        shape("M0 706Q330 664 640 700T1200 684V800H0z", p.near),
        shape(ridge(rng, 752, 12, 260), p.deep, 0.75),
    ]


def stars(rng: Random, p: Palette) -> list[str]:
    """An observatory on its hill below a sky of stars; best in `night` and `dusk`."""
    sky = "".join(dot(rng.uniform(0, 1200), rng.uniform(0, 520), rng.choice((1, 2, 2, 3))) for _ in range(60))
    band = "".join(dot(x := rng.uniform(250, 1150), 620 - x * 0.5 + rng.gauss(0, 42), 1.6) for _ in range(60))
    x = rng.choice((360, 820))
    return [
        shape(polygon((1200, -140), (1200, 160), (160, 660), (120, 480)), p.glow, 0.28),
        shape(sky, p.pale, 0.85),
        shape(band, p.pale, 0.7),
        stroke(f"M{1100 - x} 120l110 34", p.pale, 3, 0.6),
        shape(ridge(rng, 560, 50), p.far),
        shape(f"M{x - 520} 800Q{x - 200} 570 {x} 566T{x + 560} 800z", p.near),
        shape(box(x - 96, 478, 192, 100), p.pale),
        shape(f"M{x - 112} 480a112 112 0 0 1 224 0z", p.accent),
        shape(polygon((x + 6, 472), (x + 42, 372), (x + 66, 384), (x + 40, 472)), p.deep),
        stroke(f"M{x + 20} 452l46-84", p.sun, 14),
        shape(box(x - 22, 516, 44, 62), p.near),
        shape(ridge(rng, 700, 30, 240), p.deep),
        shape(figure(x - 210, 690, 62) + figure(x - 176, 690, 44), p.deep),
    ]


def windmill(rng: Random, p: Palette) -> list[str]:
    """A windmill among mown fields, clouds drifting by."""
    x, turn = rng.choice((340, 820)), rng.uniform(12, 40)
    far_x = 1200 - x
    blade = (shape("M60 0H230V46H60z", p.accent, 0.85), stroke("M0 0H230", p.deep, 9))
    rows = "".join(f"M{far_x + i * 46 - 300} 800L{far_x + i * 11 - 70} 610" for i in range(14))
    cloud = "".join(
        f"M{cx} {cy}a44 44 0 0 1 84-22a58 58 0 0 1 108 8a32 32 0 0 1 34 14z"
        for cx, cy in ((far_x - 240, 190), (far_x + 60, 270))
    )
    return [
        disc(far_x, 300, 74, p.sun),
        shape(cloud, p.pale, 0.9),
        shape(ridge(rng, 520, 36), p.far),
        shape(ridge(rng, 600, 24, 260), p.mid),
        stroke(rows, p.glow, 4, 0.45),
        shape(polygon((x - 62, 340), (x + 62, 340), (x + 104, 690), (x - 104, 690)), p.pale),
        shape(polygon((x + 10, 340), (x + 62, 340), (x + 104, 690), (x + 30, 690)), p.far, 0.8),
        shape(f"M{x - 74} 344Q{x} 210 {x + 74} 344z", p.accent),
        shape(box(x - 22, 610, 44, 80) + box(x - 16, 420, 32, 44) + box(x - 18, 510, 36, 44), p.near),
        *(place(x, 330, *blade, turn=turn + 90 * i) for i in range(4)),
        disc(x, 330, 16, p.deep),
        shape(f"M0 700Q400 660 {x} 682T1200 672V800H0z", p.near),
        shape(
            curve([(0, 780), (200, 742), (480, 776), (760, 740), (1000, 772), (1240, 748)]) + "V800H0z",
            p.deep,
        ),
    ]
