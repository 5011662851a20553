"""Scenes of rooms and tables."""

from random import Random

from dev.demo.brush import box, disc, dot, figure, polygon, ridge, shape, stroke
from dev.demo.palettes import Palette


def shelves(rng: Random, p: Palette) -> list[str]:
    """Tall bookshelves with a ladder, a reader in an armchair under a lamp."""
    parts = [shape(box(0, 0, 1200, 800), p.glow), shape(box(60, 40, 800, 640), p.near)]
    parts.append(
        shape("".join(box(80 + c * 260, 60 + r * 156, 240, 136) for r in range(4) for c in range(3)), p.deep)
    )
    spines: dict[str, str] = {}
    for r in range(4):
        for c in range(3):
            x, end = 84 + c * 260, 314 + c * 260
            while x < end:
                w = rng.choice((14, 18, 22, 28))
                if x + w > end:
                    break
                h = rng.randrange(78, 128)
                if rng.random() < 0.07:
                    x += w
                    continue
                fill = rng.choice((p.pale, p.far, p.mid, p.sun, p.accent))
                spines[fill] = spines.get(fill, "") + f"M{x} {196 + r * 156}v-{h}h{w - 2}v{h}z"
                x += w
    rungs = "".join(f"M{470 - i * 8} {660 - i * 88}h72" for i in range(8))
    return [
        *parts,
        *(shape(d, fill) for fill, d in spines.items()),
        shape(box(0, 680, 1200, 120), p.mid),
        shape(box(0, 680, 1200, 10), p.far),
        stroke("M470 720L400 10M560 720L490 10", p.pale, 11),
        stroke(rungs, p.pale, 9),
        disc(1000, 330, 190, p.sun, 0.3),
        stroke("M1110 712V300q0-40-50-40", p.deep, 9),
        shape("M984 300q10-70 70-70t70 70z", p.accent),
        shape("M850 722V560q0-50 50-50h40q40 0 40 60v60h90q34 0 34 40v52z", p.accent),
        shape("M930 640V560q0-48 46-48t46 48v90h60v70h-40v-40h-112z", p.deep),
        disc(976, 470, 38, p.deep),
        shape(polygon((1006, 586), (1060, 560), (1066, 604), (1012, 628)), p.pale),
        shape(box(860, 722, 14, 34) + box(1072, 722, 14, 34) + box(1070, 712, 80, 10), p.deep),
    ]


def tea(rng: Random, p: Palette) -> list[str]:
    """A table by a window: teapot, cups, fruit; hills outside."""
    flip = rng.random() < 0.5
    steam = "M812 420q-24-34 0-66t0-70M868 424q-20-30 0-58t0-60"
    fruit = ((300, 560, 44), (372, 566, 40), (336, 508, 42))
    things = [
        shape("M420 620q-10-150 110-150t110 150q0 14-20 14H440q-20 0-20-14z", p.accent),
        shape("M470 474q60-44 120 0z" + dot(530, 446, 15), p.accent),
        stroke("M628 540q60-10 84-70M430 520q-66-6-66 50t70 40", p.accent, 20),
        stroke("M446 530q8-34 36-44", p.pale, 7, 0.5),
        shape("M770 560h128q-4 76-64 76t-64-76z", p.pale),
        stroke("M896 576q40-6 34 22t-48 20", p.pale, 9),
        stroke(steam, p.pale, 7, 0.7),
        shape("".join(dot(*f) for f in fruit), p.sun),
        shape("M230 566h216q-10 74-108 74t-108-74z", p.deep),
        stroke("M336 466q4-20 22-24", p.deep, 5),
    ]
    group = f'<g transform="matrix(-1 0 0 1 1200 0)">{"".join(things)}</g>' if flip else "".join(things)
    return [
        shape(box(0, 0, 1200, 800), p.far),
        shape(box(210, 50, 780, 420), p.sky),
        disc(rng.choice((380, 800)), 170, 56, p.sun),
        shape("M210 330Q400 230 600 300T990 260V470H210z", p.mid, 0.7),
        shape("M210 400Q440 320 660 390T990 350V470H210z", p.near, 0.8),
        stroke("M210 50H990V470H210zM600 50V470M210 250H990", p.pale, 16),
        shape("M0 0H190Q150 300 70 470H0zM1200 0H1010Q1050 300 1130 470H1200z", p.pale, 0.8),
        shape(box(0, 620, 1200, 180), p.near),
        shape(box(0, 620, 1200, 20), p.mid),
        group,
        shape("M330 700h540l60 60h-660z", p.pale, 0.3),
    ]


def _pot(x: float, y: float, w: float, h: float, neck: float) -> str:
    """Give the path of a pot around x, standing at y."""
    shoulder, foot = (w - neck) / 2, w * 0.24
    return (
        f"M{x - neck / 2:.0f} {y - h:.0f}h{neck:.0f}"
        f"q{w * 0.06:.0f} {h * 0.2:.0f} {shoulder:.0f} {h * 0.5:.0f}"
        f"q0 {h * 0.4:.0f} {-foot:.0f} {h * 0.5:.0f}h{2 * foot - w:.0f}"
        f"q{-foot:.0f} {-h * 0.1:.0f} {-foot:.0f} {-h * 0.5:.0f}"
        f"q{w * 0.2:.0f} {-h * 0.3:.0f} {shoulder:.0f} {-h * 0.5:.0f}z"
    )


def workshop(rng: Random, p: Palette) -> list[str]:
    """Someone at a bench among shelves of pots, tools on the wall."""
    parts = [shape(box(0, 0, 1200, 800), p.glow), shape(box(0, 640, 1200, 160), p.mid)]
    pots: dict[str, str] = {}
    for y in (210, 370):
        x = 90.0
        while x < 430:
            w, h = rng.uniform(44, 78), rng.uniform(56, 112)
            fill = rng.choice((p.accent, p.near, p.mid, p.sun, p.far))
            neck = w * rng.uniform(0.3, 0.7)
            pots[fill] = pots.get(fill, "") + _pot(x + w / 2, y, w, h, neck)
            x += w + rng.uniform(14, 34)
        parts.append(shape(box(60, y, 430, 14), p.deep))
        parts.append(shape(box(110, y + 14, 10, 32) + box(430, y + 14, 10, 32), p.deep))
    tools = "M760 110v110m-24-110h48M840 110v170M920 110v90m-20 0h40v40h-40zM1000 110v150m-16-150q16-30 32 0"
    return [
        *parts,
        *(shape(d, fill) for fill, d in pots.items()),
        shape(box(720, 90, 330, 12), p.deep),
        stroke(tools, p.near, 10),
        stroke("M560 0V330", p.deep, 4),
        disc(900, 470, 170, p.sun, 0.28),
        shape("M500 380q10-56 60-56t60 56z", p.accent),
        shape("M740 800V560q0-90 90-90h30q90 0 90 90V800z", p.deep),
        disc(846, 398, 58, p.deep),
        shape("M788 396a58 58 0 0 1 116 0z", p.accent),
        stroke("M770 560L700 610L610 588M920 560L860 640L640 610", p.deep, 34),
        shape("M540 640q-26-60 4-110q8-16 50-16t50 16q30 50 4 110z", p.sun),
        stroke("M538 570h112M534 600h120", p.accent, 6, 0.7),
        shape(box(120, 636, 960, 34), p.near),
        shape(box(170, 670, 30, 130) + box(1000, 670, 30, 130), p.near),
        shape("M240 636v-54h90v54zM960 636q-8-40 20-60q40 14 30 60z", p.accent),
        stroke("M258 582l-14-70M284 582v-84M310 582l16-64", p.deep, 8),
    ]


def _leaf(x: float, lean: float, rise: float, bend: float) -> str:
    """Give the path of a pointed leaf growing from x on the ground."""
    up = f"q{lean * 0.2 - 22:.0f} {-bend * 0.6:.0f} {lean:.0f} {-rise:.0f}"
    down = f"q{22 - lean * 0.3:.0f} {bend * 0.4:.0f} {-lean:.0f} {rise:.0f}"
    return f"M{x:.0f} 770{up}{down}"


def greenhouse(rng: Random, p: Palette) -> list[str]:
    """A glass house full of leaves, someone with a watering can."""
    panes = "".join(f"M{x} 800V{330 - (600 - abs(x - 600)) * 0.48:.0f}" for x in range(60, 1200, 120))
    plants: list[str] = []
    for fill, count, low in ((p.mid, 5, 380), (p.near, 5, 290), (p.deep, 5, 130)):
        leaves = blooms = ""
        for i in range(count):
            x, h = (i + 0.5) * 1200 / count + rng.uniform(-70, 70), rng.uniform(low * 0.75, low)
            for k in (-2, -1, 0, 1, 2):
                lean, rise = k * h * 0.24, h * (1 - abs(k) * 0.12)
                leaves += _leaf(x, lean, rise, h)
                if k % 2:
                    blooms += dot(x + lean, 770 - rise, 15)
        plants += [shape(leaves, fill), shape(blooms, p.accent if fill == p.near else p.sun)]
    x = rng.choice((350, 830))
    return [
        disc(rng.choice((330, 880)), 230, 78, p.sun),
        shape(ridge(rng, 480, 40), p.far),
        shape("M0 800V330L600 40L1200 330V800z", p.pale, 0.35),
        *plants[:2],
        stroke(panes + "M-10 335L600 40L1210 335M0 330H1200M0 540H1200M300 185H900", p.pale, 8, 0.9),
        *plants[2:4],
        shape(figure(x, 770, 340), p.deep),
        shape(f"M{x - 92} 488q92-130 184 0z", p.pale),
        stroke(f"M{x + 46} 580l74 44", p.deep, 26),
        shape(f"M{x + 108} 606h92v82h-92z", p.sun),
        stroke(f"M{x + 200} 676l62-70M{x + 116} 608q38-56 76 0", p.sun, 10),
        stroke("".join(f"M{x + 264 + k * 14} {612 + k * 6}l{10 + k * 4} 60" for k in range(4)), p.pale, 5),
        *plants[4:],
        shape(box(0, 752, 1200, 48), p.deep),
    ]


def chart(rng: Random, p: Palette) -> list[str]:
    """Coins of grain: sacks and heaps on a scale, columns growing behind."""
    heights = [90 + i * 44 + rng.uniform(-34, 34) for i in range(8)]
    columns = "".join(box(120 + i * 124, 640 - h, 82, h) for i, h in enumerate(heights))
    crest = "".join(f"L{161 + i * 124} {600 - h:.0f}" for i, h in enumerate(heights))
    return [
        disc(300, 220, 86, p.sun),
        shape(ridge(rng, 470, 50), p.far, 0.7),
        shape(columns, p.mid),
        shape("".join(box(120 + i * 124, 640 - h, 82, 16) for i, h in enumerate(heights)), p.near),
        stroke("M" + crest[1:], p.accent, 8),
        shape("".join(dot(161 + i * 124, 600 - h, 14) for i, h in enumerate(heights)), p.pale),
        shape(box(0, 640, 1200, 160), p.near),
        stroke(
            "M600 720V470M440 500H760M440 500l-70 130M440 500l70 130M760 500l-70 130M760 500l70 130",
            p.deep,
            8,
        ),
        shape("M350 630h180q-10 50-90 50t-90-50zM670 630h180q-10 50-90 50t-90-50z", p.deep),
        shape("M372 628q68-76 136 0z", p.sun),
        shape("M690 630q-10-60 30-70q-10-16 6-22h56q16 6 4 22q44 12 34 70z", p.accent),
        disc(600, 470, 18, p.accent),
        shape("M520 752h160v-18q-80-40-160 0z", p.deep),
        shape(ridge(rng, 770, 8, 260), p.deep),
    ]
