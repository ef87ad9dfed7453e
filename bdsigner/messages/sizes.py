"""Sizes, speed and time left, in words."""

from bdsigner.messages.translate import tr

_UNITS = ("KB", "MB", "GB", "TB")
_TELL_LEFT_AFTER_SECONDS = 2.0
"""Before, what the first block took says nothing of the rest."""


def describe_size(count: int) -> str:
    """Bytes as people say them, in steps of 1,000 as files are sold and sent."""
    if count < 1000:
        return tr("{count} byte").format(count=count)
    step = min(len(_UNITS), (len(str(count)) - 1) // 3)
    size, unit = count / 1000**step, _UNITS[step - 1]
    number = f"{size:.1f}" if size < 9.95 else f"{size:.0f}"
    return f"{number.replace('.', tr(','))} {unit}"


def describe_transfer(done: int, total: int, *, seconds: float) -> str:
    """How far, how fast and how long still; ``seconds`` since the start."""
    text = tr("{done} trên {total}").format(done=describe_size(done), total=describe_size(total))
    if seconds < _TELL_LEFT_AFTER_SECONDS or not 0 < done < total:
        return text
    speed = tr("{size}/giây").format(size=describe_size(round(done / seconds)))
    left = seconds * (total - done) / done
    minutes = round(left / 60)
    rest = (
        tr("còn khoảng {count} phút").format(count=minutes)
        if minutes
        else tr("còn khoảng {count} giây").format(count=max(1, round(left)))
    )
    return " · ".join((text, speed, rest))
