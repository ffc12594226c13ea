# Which headers each object was made of, as the compiler wrote them down.
# Read beside nginx's own objs/Makefile.

-include $(wildcard objs/addon/*/*.d)
