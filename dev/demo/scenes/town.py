"""Scenes of streets, stations and stalls."""

from random import Random

from dev.demo.brush import birds, box, disc, dot, figure, polygon, ridge, shape, stroke
from dev.demo.palettes import Palette


def houses(rng: Random, p: Palette) -> list[str]:
    """A row of gabled houses along a street, lamps between them."""
    parts = [disc(rng.choice((280, 600, 940)), 220, 80, p.sun), shape(ridge(rng, 420, 40), p.far)]
    walls: dict[str, str] = {}
    roofs = doors = panes = ""
    x, i = -40.0, rng.randrange(4)
    while x < 1220:
        w, h = rng.uniform(128, 190), rng.uniform(210, 370)
        top, fill = 670 - h, (p.pale, p.mid, p.accent, p.near)[i % 4]
        walls[fill] = walls.get(fill, "") + box(x, top, w, h)
        roofs += polygon((x - 12, top + 2), (x + w / 2, top - w * 0.5), (x + w + 12, top + 2))
        roofs += box(x + w * 0.72, top - w * 0.44, 20, 44)
        door = x + w * (0.2 if i % 2 else 0.56)
        doors += f"M{door:.0f} 670v-56a18 18 0 0 1 36 0v56z"
        for row in range(int((h - 120) // 74) + 1):
            y = top + 26 + row * 74
            panes += box(x + w * 0.18, y, w * 0.22, 42) + box(x + w * 0.6, y, w * 0.22, 42)
        x, i = x + w + 2, i + 1
    parts += [shape(d, fill) for fill, d in walls.items()]
    parts += [shape(panes, p.deep, 0.55), shape(doors, p.deep), shape(roofs, p.deep)]
    lamps = "".join(f"M{lx} 720V560q0-24 26-24" for lx in (240, 620, 1000))
    return [
        *parts,
        shape(box(0, 670, 1200, 130), p.mid),
        shape(box(0, 720, 1200, 80), p.near),
        stroke(lamps, p.deep, 7),
        shape("".join(dot(lx + 30, 546, 15) for lx in (240, 620, 1000)), p.sun),
        shape(figure(430, 728, 96) + figure(474, 728, 74), p.deep),
    ]


def market(rng: Random, p: Palette) -> list[str]:
    """Stalls under striped awnings, fruit in crates, a string of lanterns."""
    sag = (0, 36, 48, 36)  # of the wire, at each lantern
    lanterns = "".join(dot(60 + i * 120, 168 + sag[(i + 1) % 4], 24) for i in range(10))
    wire = "M-60 150" + "q240 96 480 0" * 3
    parts = [shape(ridge(rng, 470, 30), p.far), stroke(wire, p.near, 4), shape(lanterns, p.sun)]
    for i, x in enumerate((40, 430, 820)):
        fill = (p.accent, p.near, p.deep)[(i + rng.randrange(3)) % 3]
        parts.append(shape(box(x + 14, 380, 12, 320) + box(x + 314, 380, 12, 320), p.deep))
        parts.append(shape(box(x + 26, 420, 288, 150), p.mid, 0.7))
        parts.append(shape(figure(x + 170 + rng.uniform(-70, 70), 590, 168), p.deep))
        parts.append(shape(f"M{x} 300h340l30 110h-400z", p.pale))
        stripes = "".join(f"M{x + k * 68} 300h34l{5 + k * 6 - 12} 110a{20} 20 0 0 1-40 0z" for k in range(5))
        parts.append(shape(stripes, fill))
        parts.append(shape(box(x, 560, 340, 140), p.near if fill != p.near else p.deep))
        for row, y in enumerate((556, 534)):
            fruit = "".join(dot(x + 42 + k * 43 + row * 20, y, 22) for k in range(7 - row))
            parts.append(shape(fruit, (p.sun, p.accent, p.pale)[(i + row) % 3]))
        parts.append(shape(box(x + 10, 560, 320, 26), p.far))
    return [
        *parts,
        shape(box(0, 700, 1200, 100), p.mid),
        shape(figure(330, 784, 190) + figure(404, 784, 128), p.pale),
        shape(figure(760, 790, 200), p.sun),
        shape(box(806, 726, 62, 50), p.deep),
        stroke("M816 726q20-44 42 0", p.deep, 5),
    ]


def railway(rng: Random, p: Palette) -> list[str]:
    """A small train on a viaduct across a valley."""
    x = rng.choice((250, 420))
    arches = "".join(f"M{a} 800V620a66 66 0 0 1 132 0V800z" for a in range(-46, 1200, 176))
    cars = panes = wheels = ""
    for i in range(4):
        left = x + i * 168
        cars += box(left, 424, 156, 76)
        panes += "".join(box(left + 16 + k * 34, 442, 24, 26) for k in range(4))
        wheels += dot(left + 34, 504, 14) + dot(left + 122, 504, 14)
    smoke = "".join(dot(x - 96 + k * 46, 372 - k * 24, 20 + k * 9) for k in range(5))
    return [
        disc(rng.choice((900, 1010)), 200, 76, p.sun),
        shape(ridge(rng, 330, 70), p.far),
        shape(ridge(rng, 450, 46, 210), p.mid, 0.8),
        shape(ridge(rng, 640, 30), p.mid),
        shape(smoke, p.pale, 0.75),
        shape(box(0, 512, 1200, 26), p.deep),
        shape(f"M0 538H1200V800H0z{arches}", p.near).replace("/>", ' fill-rule="evenodd"/>'),
        shape(f"M{x - 168} 500v-56h72v-34h78v90z" + box(x - 112, 404, 24, 44), p.deep),
        shape(cars, p.accent),
        shape(panes, p.glow),
        shape(wheels + dot(x - 138, 504, 14) + dot(x - 92, 504, 14) + dot(x - 44, 504, 14), p.deep),
        shape(ridge(rng, 770, 14, 240), p.deep),
    ]


def shop(rng: Random, p: Palette) -> list[str]:
    """A small shop with a lit window, a bicycle leaning outside."""
    jars = "".join(box(330 + i * 74, 470 - h, 46, h) for i, h in enumerate(rng.choices((58, 72, 88), k=6)))
    lids = "".join(box(330 + i * 74, 520, 50, 66) for i in range(6))
    stripes = "".join(f"M{240 + i * 96} 250h48l6 96a27 27 0 0 1-54 0z" for i in range(8))
    side = rng.choice((0, 1))
    return [
        shape(box(0, 0, 1200, 690), p.mid),
        shape(
            "".join(
                box(c * 120 + r % 2 * 60 - 60, r * 46, 116, 42)
                for r in range(15)
                for c in range(11)
                if rng.random() < 0.16
            ),
            p.far,
            0.5,
        ),
        shape(box(190, 130, 820, 560), p.deep),
        shape(box(230, 150, 740, 80), p.accent),
        stroke("M430 190h80m30 0h120m30 0h80", p.pale, 12),
        shape(box(250, 300, 560, 330), p.sun),
        shape(box(250, 300, 560, 330), p.pale, 0.45),
        shape(jars, p.near),
        shape(lids, p.accent),
        shape(box(250, 470, 560, 12) + box(250, 586, 560, 12) + box(526, 300, 10, 330), p.deep),
        shape(figure(440, 630, 250) if side else figure(640, 630, 250), p.deep, 0.75),
        shape(box(840, 300, 130, 390), p.near),
        shape(box(856, 320, 98, 190), p.sun, 0.75),
        disc(944, 560, 8, p.pale),
        shape(box(234, 240, 748, 14), p.deep),
        shape("M234 252h748l16 92h-780z", p.pale),
        shape(stripes, p.accent),
        shape(box(0, 690, 1200, 110), p.near),
        shape(box(0, 690, 1200, 14), p.far),
        stroke(dot(130, 690, 66) + dot(320, 690, 66), p.pale, 7),
        stroke(
            "M130 690L188 590H282L320 690M188 590L230 690H130M230 690L286 578M174 566h36M282 590l-10-34h34",
            p.accent,
            8,
        ),
        shape(box(1040, 640, 70, 70), p.accent),
        shape("M1075 650c-90-60-60-150-30-170q20 60 30 100q10-70 50-110q40 90-50 180z", p.deep),
    ]


def seats(rng: Random, p: Palette) -> list[str]:
    """Rows of seats before a bright screen, heads here and there."""
    parts = [
        shape(box(0, 0, 1200, 800), p.deep),
        shape(polygon((120, 800), (260, 90), (940, 90), (1080, 800)), p.near, 0.6),
        shape(box(240, 80, 720, 330), p.pale),
        disc(rng.choice((400, 760)), 210, 52, p.sun),
        shape("M240 330Q420 230 600 318T960 290V410H240z", p.far),
        shape("M240 372Q480 310 700 366T960 350V410H240z", p.mid),
        shape(box(0, 0, 150, 800) + "M150 0q70 400-20 800H0V0z", p.accent),
        shape("M1050 0q-70 400 20 800H1200V0z", p.accent),
        stroke(
            "M40 0q30 400-10 800M100 0q50 400-10 800M1160 0q-30 400 10 800M1100 0q-50 400 10 800",
            p.deep,
            5,
            0.35,
        ),
    ]
    for row, (y, w) in enumerate(((500, 74), (580, 92), (680, 114))):
        backs = heads = ""
        for i in range(-7, 8):
            x = 600 + i * (w + 10) + (row % 2) * w / 2
            if rng.random() < 0.42:
                heads += dot(x, y - w * 0.04, w * 0.25)
            backs += (
                f"M{x - w / 2:.0f} {y + w}v{-w * 0.75:.0f}q0-20 20-20h{w - 40:.0f}q20 0 20 20v{w * 0.75:.0f}z"
            )
        parts += [
            shape(heads, p.deep),
            shape(backs, (p.mid, p.near, p.deep)[row]),
            stroke(f"M0 {y + w}H1200", p.deep, 6),
        ]
    return parts


def rooftops(rng: Random, p: Palette) -> list[str]:
    """Roof gardens, laundry and water tanks high over a town."""
    far = near = panes = ""
    for i in range(12):
        h = rng.uniform(140, 330)
        far += box(i * 104 - 20, 620 - h, 96, h + 180)
    parts = [
        disc(rng.choice((300, 860)), 210, 82, p.sun),
        shape(far, p.far),
        shape(ridge(rng, 560, 20), p.mid, 0.5),
    ]
    for x, y, w in ((-30, 560, 420), (420, 620, 380), (830, 540, 420)):
        near += box(x, y, w, 800 - y) + box(x - 10, y - 16, w + 20, 20)
        panes += "".join(box(x + 40 + k * 84, y + 60, 46, 62) for k in range(int(w // 90)))
    plants = "".join(
        dot(x, y, rng.uniform(18, 34))
        for x, y in [(40 + k * 40, 524) for k in range(5)] + [(900 + k * 44, 504) for k in range(6)]
    )
    cloths = "".join(f"M{452 + k * 64} 498h48v{rng.uniform(60, 96):.0f}h-48z" for k in range(5))
    return [
        *parts,
        shape(near, p.near),
        shape(panes, p.glow, 0.75),
        shape(plants, p.deep),
        shape(box(20, 526, 220, 24) + box(880, 506, 280, 24), p.accent),
        stroke("M440 604V486M790 604V486M440 496Q615 512 790 496", p.deep, 6),
        shape(cloths, p.pale),
        shape(box(284, 430, 84, 90), p.mid),
        shape(
            polygon((276, 432), (326, 392), (376, 432)) + box(292, 520, 10, 30) + box(350, 520, 10, 30),
            p.deep,
        ),
        shape(figure(560, 606, 108), p.deep),
        birds(rng, 600, 200, p.near, 6),
        shape(box(0, 760, 1200, 40), p.deep),
    ]
