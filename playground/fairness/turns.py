"""Turns: who may take the next free place of a share."""

from collections import Counter
from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

from .shares import Share

Item = TypeVar("Item", bound=Hashable)


class Turns(Generic[Item]):
    """Places, their holders, and the items for which holders wait.

    Of those who may have one more place, the one that holds the fewest is next; it takes what
    has waited longest. Not thread-safe: a lock belongs to the owner.
    """

    def __init__(self, share: Share) -> None:
        self._share = share
        self._held: Counter[str] = Counter()
        self._free = share.places
        self._waiting: dict[str, dict[Item, None]] = {}  # by holder, in the order of coming

    def wait(self, holder: str, item: Item) -> None:
        """Wait for a place for this item; nothing changes if it waits already."""
        self._waiting.setdefault(holder, {}).setdefault(item)

    def leave(self, holder: str, item: Item) -> None:
        """Wait no longer."""
        items = self._waiting.get(holder, {})
        items.pop(item, None)
        if not items:
            self._waiting.pop(holder, None)

    def take(self, holder: str) -> None:
        """Take a place without waiting, whatever the share."""
        self._held[holder] += 1
        self._free -= 1

    def begin(self) -> tuple[str, Item] | None:
        """Take a place for the item whose turn it is: (holder, item), or None."""
        turn = next(self.due(), None)
        if turn is not None:
            self.leave(*turn)
            self.take(turn[0])
        return turn

    def end(self, holder: str) -> None:
        """Give a place back."""
        self._held[holder] -= 1
        self._free += 1
        if not self._held[holder]:
            del self._held[holder]

    def due(self) -> Iterator[tuple[str, Item]]:
        """The waiting items that could begin now, one after the other. Takes no place."""
        held, free = Counter(self._held), self._free
        waiting = {holder: iter(items) for holder, items in self._waiting.items()}
        while waiting:
            holder = min(waiting, key=held.__getitem__)
            if held[holder] >= self._share.of_free * free:
                return  # those that hold more may have none either
            try:
                item = next(waiting[holder])
            except StopIteration:
                del waiting[holder]
                continue
            yield holder, item
            held[holder] += 1
            free -= 1

    def held(self, holder: str) -> int:
        return self._held[holder]

    def waiting(self, holder: str) -> int:
        return len(self._waiting.get(holder, ()))
