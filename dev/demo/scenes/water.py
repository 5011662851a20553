"""Scenes of sea, river and rain."""

from random import Random

from dev.demo.brush import birds, box, disc, dot, figure, place, polygon, ridge, shape, stroke
from dev.demo.palettes import Palette


def _swell(rng: Random, top: float, bottom: float, count: int) -> str:
    """Give short strokes of swell, longer the nearer they are."""
    lines = ""
    for _ in range(count):
        y = rng.uniform(top, bottom)
        reach = 20 + (y - top) / (bottom - top) * 70
        lines += f"M{rng.uniform(0, 1150):.0f} {y:.0f}q{reach / 2:.0f} {-reach / 8:.0f} {reach:.0f} 0"
    return lines


def sea(rng: Random, p: Palette) -> list[str]:
    """Sails on a calm sea, the sun's path on the water."""
    sun_x = rng.choice((300, 640, 900))
    path = "".join(
        box(sun_x - w / 2 + rng.uniform(-16, 16), y, w, 7)
        for y, w in ((424, 150), (446, 120), (474, 160), (508, 96), (546, 140), (592, 80), (640, 110))
    )
    parts = [
        disc(sun_x, 300, 84, p.sun),
        shape(ridge(rng, 372, 34, 240), p.far),
        shape(box(0, 410, 1200, 390), p.mid),
        shape(path, p.sun, 0.55),
        shape(box(0, 560, 1200, 240), p.near, 0.35),
        stroke(_swell(rng, 430, 790, 36), p.pale, 4, 0.4),
    ]
    fleet = ((1060 - sun_x * 0.5, 520, 0.7), (1160 - sun_x, 640, 1.25), (sun_x * 0.55 + 80, 590, 0.9))
    for x, y, scale in fleet:
        parts.append(
            place(
                x + rng.uniform(-50, 50),
                y,
                shape("M0-150q84 84 74 140h-74z", p.pale),
                shape("M-8-120v110h-54q10-60 54-110z", p.accent),
                shape("M-84 0h176q-12 30-40 30h-98q-26-2-38-30z", p.deep),
                scale=scale,
            )
        )
    return [*parts, birds(rng, 1200 - sun_x, 190, p.near)]


def lighthouse(rng: Random, p: Palette) -> list[str]:
    """A banded tower on its rock, two beams over the water."""
    x = rng.choice((380, 800))
    moon_x = 1180 - x
    bands = "".join(
        polygon((x - 44 - d, y), (x + 44 + d, y), (x + 50 + d, y + 62), (x - 50 - d, y + 62))
        for d, y in ((4, 318), (16, 442))
    )
    return [
        shape(
            polygon((x, 232), (x - 900, 120), (x - 900, 300))
            + polygon((x, 232), (x + 900, 120), (x + 900, 300)),
            p.pale,
            0.45,
        ),
        disc(moon_x, 380, 62, p.sun),
        shape(ridge(rng, 470, 26, 240), p.far),
        shape(box(0, 510, 1200, 290), p.mid),
        stroke(_swell(rng, 530, 790, 30), p.pale, 4, 0.4),
        shape(
            f"M{x - 330} 800Q{x - 250} 640 {x - 130} 604Q{x} 552 {x + 140} 610Q{x + 260} 660 {x + 360} 800z",
            p.deep,
        ),
        shape(f"M{x - 330} 800Q{x - 210} 700 {x - 60} 690T{x + 360} 800z", p.near, 0.7),
        shape(polygon((x - 42, 262), (x + 42, 262), (x + 74, 590), (x - 74, 590)), p.pale),
        shape(bands, p.accent),
        shape(polygon((x + 12, 262), (x + 42, 262), (x + 74, 590), (x + 28, 590)), p.deep, 0.16),
        shape(
            box(x - 58, 254, 116, 12)
            + box(x - 34, 198, 8, 58)
            + box(x + 26, 198, 8, 58)
            + box(x - 14, 540, 28, 50),
            p.deep,
        ),
        shape(box(x - 26, 204, 52, 50), p.sun),
        shape(f"M{x - 46} 202Q{x} 120 {x + 46} 202z", p.accent),
        shape(box(x + 92, 548, 110, 62), p.pale),
        shape(polygon((x + 80, 552), (x + 147, 500), (x + 214, 552)), p.near),
        birds(rng, moon_x, 90, p.near, 5),
    ]


def harbour(rng: Random, p: Palette) -> list[str]:
    """Cranes over a ship of many boxes, at rest in the harbour."""
    parts = [disc(rng.choice((180, 620)), 240, 80, p.sun), shape(ridge(rng, 470, 40), p.far)]
    for x, scale, fill in ((330, 0.8, p.mid), (880, 1.1, p.near)):
        parts.append(
            place(
                x + rng.uniform(-40, 40),
                590,
                stroke("M-56 0L-40-330M56 0L40-330M-50-150h100", fill, 14),
                stroke("M120-310H-260M0-420L-230-316M0-420L110-316M0-310V-420", fill, 11),
                stroke("M-180-304v110", p.deep, 4),
                shape(box(-214, -196, 68, 40), p.accent),
                scale=scale,
            )
        )
    parts.append(shape(box(0, 590, 1200, 210), p.mid))
    for row in range(3):
        for column in range(8):
            if row and rng.random() < 0.18 * row:
                continue
            parts.append(
                shape(
                    box(300 + column * 78, 546 - row * 46, 72, 42),
                    rng.choice((p.accent, p.sun, p.near, p.pale, p.far)),
                )
            )
    return [
        *parts,
        shape(box(940, 430, 110, 160) + box(980, 380, 26, 60), p.pale),
        shape(box(956, 452, 78, 18) + box(956, 492, 78, 18), p.near),
        shape("M210 588H1090L1040 690H290Q232 660 210 588z", p.deep),
        shape("M258 664H1053L1040 690H290z", p.accent),
        stroke(_swell(rng, 690, 790, 26), p.pale, 4, 0.45),
    ]


def bridge(rng: Random, p: Palette) -> list[str]:
    """A round stone bridge and its image in the river, a willow leaning in."""
    moon_x = rng.choice((290, 600, 880))
    stones = "".join(
        f"M{600 + 262 * c:.0f} {548 - 262 * s:.0f}L{600 + 300 * c:.0f} {548 - 300 * s:.0f}"
        for c, s in ((-0.9, 0.44), (-0.62, 0.78), (-0.22, 0.97), (0.22, 0.97), (0.62, 0.78), (0.9, 0.44))
    )
    willow = ""
    for _ in range(34):
        x = rng.uniform(0, 350)
        drop = rng.uniform(180, 460) - x * 0.5
        willow += f"M{x:.0f}-10q{rng.uniform(14, 60):.0f} {drop / 2:.0f} {rng.uniform(-6, 40):.0f} {drop:.0f}"
    return [
        disc(moon_x, 180, 66, p.sun),
        shape(ridge(rng, 400, 54), p.far),
        shape(ridge(rng, 470, 34, 220), p.mid, 0.8),
        shape(box(0, 548, 1200, 252), p.mid),
        shape("M90 548Q350 220 600 220T1110 548H862A262 262 0 0 0 338 548z", p.near),
        shape("M90 548Q350 876 600 876T1110 548H862A262 262 0 0 1 338 548z", p.near, 0.35),
        stroke("M90 534Q350 208 600 208T1110 534", p.pale, 12),
        stroke(stones, p.far, 4, 0.6),
        shape(figure(560, 212, 70) + figure(604, 212, 62), p.deep),
        shape("M530 160Q566 112 612 160z", p.accent),
        shape("M480 640h236q-20 40-60 40H536q-40 0-56-40z", p.deep),
        shape("M540 640q6-62 58-62t58 62z", p.accent),
        stroke(_swell(rng, 570, 790, 34), p.pale, 4, 0.4),
        shape("M-20 800V0H60Q84 300 40 800z", p.deep),
        stroke(willow, p.deep, 5, 0.85),
    ]


def whale(rng: Random, p: Palette) -> list[str]:
    """A whale's tail above the sea, a small boat with people watching."""
    x = rng.choice((420, 780))
    boat = 1190 - x
    drops = "".join(
        dot(x + rng.gauss(0, 130), 540 + rng.uniform(-80, 20), rng.uniform(3, 8)) for _ in range(22)
    )
    return [
        disc(boat - 30, 250, 82, p.sun),
        shape(ridge(rng, 470, 34, 210), p.far),
        shape(box(0, 500, 1200, 300), p.mid),
        place(
            x,
            372,
            shape(
                "M-46 268C-40 148-26 48-14 0C-70 0-180-22-226-114C-140-126-50-104 0-46"
                "C50-104 140-126 226-114C180-22 70 0 14 0C26 48 40 148 46 268z",
                p.deep,
            ),
            shape("M14 0C70 0 180-22 226-114C170-56 90-34 0-30z", p.near),
        ),
        shape(drops, p.pale, 0.9),
        shape(f"M{x - 190} 650q36-66 96-42q34-58 94-30q58-34 96 24q56-16 94 48z", p.pale, 0.9),
        shape(ridge(rng, 650, 22, 260), p.near),
        shape(figure(boat - 40, 586, 70) + figure(boat, 586, 58) + figure(boat + 42, 586, 68), p.deep),
        shape(f"M{boat - 120} 566h240q-14 52-62 52h-116q-48 0-62-52z", p.accent),
        stroke(f"M{boat - 96} 584h192", p.pale, 5),
        stroke(_swell(rng, 660, 790, 24), p.pale, 4, 0.4),
        shape(ridge(rng, 744, 16, 260), p.deep),
        birds(rng, x, 150, p.near, 5),
    ]


def rain(rng: Random, p: Palette) -> list[str]:
    """Umbrellas in the rain, their colours again on the wet street."""
    fronts = lights = ""
    x = -20.0
    while x < 1200:
        w, h = rng.uniform(110, 190), rng.uniform(260, 420)
        fronts += box(x, 560 - h, w, h)
        for wy in range(int(590 - h), 500, 62):
            lights += box(x + w * 0.2, wy, w * 0.2, 30) + box(x + w * 0.6, wy, w * 0.2, 30)
        x += w + 6
    parts = [shape(fronts, p.far), shape(lights, p.glow, 0.8), shape(box(0, 560, 1200, 240), p.mid)]
    for i in range(5):
        cx, s = 150 + i * 225 + rng.uniform(-40, 40), rng.uniform(0.85, 1.15)
        top, r, ground = 420.0 + i % 2 * 26, 104 * s, 690 + i % 2 * 26
        fill = (p.accent, p.near, p.sun, p.deep, p.pale)[(i * 2 + rng.randrange(5)) % 5]
        scallops = "".join(f"q{-r / 5:.0f} {-r / 6:.0f} {-2 * r / 5:.0f} 0" for _ in range(5))
        parts += [
            shape(f"M{cx - r:.0f} {ground + 10}a{r:.0f} {r * 0.3:.0f} 0 0 0 {2 * r:.0f} 0z", fill, 0.3),
            shape(figure(cx, ground, 200), p.deep),
            stroke(f"M{cx:.0f} {top + 40 - r:.0f}V{top + 130:.0f}", p.deep, 6),
            shape(f"M{cx - r:.0f} {top + 60:.0f}a{r:.0f} {r:.0f} 0 0 1 {2 * r:.0f} 0{scallops}z", fill),
        ]
    drops = "".join(f"M{rng.uniform(0, 1220):.0f} {rng.uniform(-10, 760):.0f}l-10 34" for _ in range(70))
    rings = "".join(f"M{rng.uniform(20, 1100):.0f} {rng.uniform(730, 790):.0f}q30-12 60 0" for _ in range(14))
    return [*parts, stroke(drops, p.pale, 3, 0.65), stroke(rings, p.pale, 3, 0.6)]
