"""Objects that raise, print or block when anything of theirs is run. A probe on `thing` must run none of it.

Prints "clean" when nothing was run, else what was.
"""

import time

ran = []


def trap(name):
    def method(self, *args, **kwargs):
        ran.append(name)
        print("ran", name)
        time.sleep(5)
        raise RuntimeError(name)

    return method


class Hostile:
    def __init__(self):
        object.__setattr__(self, "inside", 7)

    __class__ = property(trap("__class__"))
    __dict__ = property(trap("__dict__"))
    shape = property(trap("shape"))
    dtype = property(trap("dtype"))
    for _name in (
        "__array__ __array_interface__ __array_struct__ __bool__ __bytes__ __call__ __complex__ __contains__ __copy__ __deepcopy__ "
        "__dir__ __eq__ __float__ __format__ __getattr__ __getattribute__ __getitem__ __getstate__ __hash__ __index__ __int__ "
        "__iter__ __len__ __length_hint__ __ne__ __reduce__ __reduce_ex__ __repr__ __sizeof__ __str__"
    ).split():
        locals()[_name] = trap(_name)
    del _name


class HostileList(list):
    __iter__ = trap("list.__iter__")
    __len__ = trap("list.__len__")
    __getitem__ = trap("list.__getitem__")
    __repr__ = trap("list.__repr__")


class HostileDict(dict):
    __iter__ = trap("dict.__iter__")
    items = trap("dict.items")
    keys = trap("dict.keys")
    __len__ = trap("dict.__len__")


class HostileFloat(float):
    __float__ = trap("float.__float__")
    __repr__ = trap("float.__repr__")
    __eq__ = trap("float.__eq__")
    __hash__ = trap("float.__hash__")


class HostileMeta(type):
    __getattribute__ = trap("meta.__getattribute__")
    __repr__ = trap("meta.__repr__")
    __instancecheck__ = trap("meta.__instancecheck__")
    __subclasscheck__ = trap("meta.__subclasscheck__")


class OfHostileMeta(metaclass=HostileMeta):
    pass


class Pretender(Hostile):
    """Says that it comes from numpy."""

    __module__ = "numpy"


def main():
    for make in (
        Hostile,
        Pretender,
        lambda: HostileList([1, 2, 3]),
        lambda: HostileDict(a=1),
        lambda: HostileFloat(0.5),
        lambda: OfHostileMeta,
        lambda: [Hostile(), Hostile()],
        lambda: {"a": Hostile()},
    ):
        thing = make()
    del thing
    print("clean" if not ran else ran)


main()
