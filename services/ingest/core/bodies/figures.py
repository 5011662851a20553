"""A figure: which of the blocks in it the caption belongs to."""

from shared.blocks import Block, Embed, Paragraph, Picture, PictureBlock, Table


class Figure:
    """A figure that is open: the blocks it stands in, and from where on they are its own."""

    def __init__(self, blocks: list[Block]) -> None:
        self._blocks = blocks
        self._start = len(blocks)
        self.captions: list[Block] = []

    def end(self) -> None:
        """Give the captions to the last of the figure's blocks that has none; else they are paragraphs."""
        caption = " ".join(block.text for block in self.captions if isinstance(block, Paragraph))
        if not caption:
            return
        for place in range(len(self._blocks) - 1, self._start - 1, -1):
            captioned = _captioned(self._blocks[place], caption)
            if captioned is not None:
                self._blocks[place] = captioned
                return
        self._blocks += self.captions


def _captioned(block: Block, caption: str) -> Block | None:
    match block:
        case PictureBlock(picture=Picture(caption="") as picture):
            return PictureBlock(picture=picture.model_copy(update={"caption": caption}))
        case Table(caption=""):
            return block.model_copy(update={"caption": caption})
        case Embed(text=""):
            return block.model_copy(update={"text": caption})
    return None
