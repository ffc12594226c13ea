# Gavel.  Each target is one obvious thing; the work is done in scripts/.
#
#   make deps                     installs what is missing (Debian 12)
#   make build [SAN=1]            build/ngx_gavel.so, gavel-verify, tests, benches
#   make run [PORT=8080] [DATA=./var] [WORKERS=2] [DEMO=1]
#   make test [SAN=1] | test-long | lint
#   make bench [GROW=1]
#   make chaos [SECONDS=180] [SEED=N] [WATCHERS=2000] [RATE=140]
#   make prove-long [SEED=n] [COMMANDS=1000000] | coverage [MISSING=1]
#   make install [DESTDIR=]       into Debian's nginx
#   make clean

NGINX_SRC ?= /usr/share/nginx/src
OUT       := $(CURDIR)/build$(if $(SAN),/san)
SRC       := $(OUT)/nginx-src
MODULE    := $(OUT)/ngx_gavel.so

CC        ?= cc
WARNINGS  := -Wall -Wextra -Werror -Wpointer-arith -Wno-unused-parameter
HARDENING := -fstack-protector-strong -Wformat -Werror=format-security \
             -D_FORTIFY_SOURCE=2

# An empty string in nginx is often { 0, NULL }, and copied like any other.
SANITIZE  := -fsanitize=address,undefined -fno-omit-frame-pointer \
             -fno-sanitize-recover=undefined -fno-sanitize=nonnull-attribute
CC_OPT    := -g -O2 -fPIC -MMD $(if $(SAN),$(SANITIZE),$(HARDENING))
LD_OPT    := -Wl,-z,relro -Wl,-z,now -fPIC $(if $(SAN),$(SANITIZE))

PORT      ?= 8080
DATA      ?= ./var
WORKERS   ?= 2
DEMO      ?= 1

UNIT      := $(patsubst t/unit/%.c,$(OUT)/unit/%.t,$(wildcard t/unit/*.c))
FUZZ      := $(patsubst t/fuzz/%.c,$(OUT)/fuzz/%.t,\
             $(filter-out t/fuzz/run.c,$(wildcard t/fuzz/*.c)))
FUZZER    := $(if $(SAN),$(FUZZ:.t=.fuzz))
BENCH     := $(patsubst t/bench/%.c,$(OUT)/bench/%,\
             $(wildcard t/bench/*.c) \
             $(wildcard t/bench/peers/*.c))
CHAOS     := $(OUT)/chaos/crowd $(OUT)/chaos/links


.PHONY: all deps build module tools html run test test-long prove-long \
        coverage chaos bench lint install clean force

all: build


deps:
	scripts/deps build run test

build: module tools $(UNIT) $(FUZZ) $(FUZZER) $(BENCH) \
       $(CHAOS) $(OUT)/probe.so html


# nginx's configure wants to write beside its sources, so it gets a tree of
# symlinks.  It runs again when a source file came or went.

module: $(SRC)/objs/Makefile $(SRC)/objs/gavel_schema.h
	+$(MAKE) -s -C $(SRC) -f objs/Makefile \
	    -f $(CURDIR)/scripts/depend.mk modules
	@cmp -s $(SRC)/objs/ngx_gavel.so $(MODULE) \
	    || install -m 644 $(SRC)/objs/ngx_gavel.so $(MODULE)

$(SRC)/objs/Makefile: config scripts/exports.map Makefile $(OUT)/sources
	rm -rf $(SRC)
	cp -rs $(NGINX_SRC) $(SRC)
	cd $(SRC) && bash -c '. ./conf_flags && ./configure \
	    --with-cc-opt="$(CC_OPT)" --with-ld-opt="$(LD_OPT)" \
	    "$${NGX_CONF_FLAGS[@]}" --add-dynamic-module=$(CURDIR)' \
	    > $(OUT)/configure.log || { tail $(OUT)/configure.log; exit 1; }

$(SRC)/objs/gavel_schema.h: force | $(SRC)/objs/Makefile
	@scripts/schema --header > $@.new
	@cmp -s $@.new $@ || cp $@.new $@

$(OUT)/sources: force
	@mkdir -p $(OUT)
	@ls src/*/*.c > $@.new
	@cmp -s $@.new $@ || cp $@.new $@


# A tool, C test or bench says in its first comment what it stands on:
# "needs: engine times room/frame" is src/engine/*.c, src/core/times.c and
# src/room/frame.c.

PROGRAM    = scripts/program "$(CC)" "$(WARNINGS) -g -O2 \
             $(if $(SAN),$(SANITIZE)) -I src -I . -I t -I t/unit" $< $@ $(SRC)

tools: $(OUT)/gavel-verify

$(OUT)/gavel-verify: tools/gavel-verify.c force | $(SRC)/objs/Makefile
	@$(PROGRAM)

# By a relative path, too: make build/probe.so.

build/%: $(CURDIR)/build/% ;

$(OUT)/unit/%.t: t/unit/%.c force | $(SRC)/objs/Makefile
	@$(PROGRAM)

$(OUT)/fuzz/%.t: t/fuzz/%.c force | $(SRC)/objs/Makefile
	@$(PROGRAM)

# By clang a target is a fuzzer.

$(OUT)/fuzz/%.fuzz: t/fuzz/%.c force | $(SRC)/objs/Makefile
	@scripts/program clang "$(WARNINGS) -Wno-missing-field-initializers \
	    -g -O1 -I src -I t -I t/unit -DGAVEL_LIBFUZZER \
	    -fsanitize=fuzzer,address,undefined \
	    -fno-sanitize-recover=undefined" $< $@ $(OUT)/fuzz/objects

$(OUT)/bench/%: t/bench/%.c force | $(SRC)/objs/Makefile
	@$(PROGRAM)

$(OUT)/chaos/%: t/chaos/%.c force | $(SRC)/objs/Makefile
	@$(PROGRAM)


# The module that tests use to reach the clients of the event loop.

PROBED := $(wildcard $(addprefix src/,core/* pg/* redis/* task/* \
             cluster/*) t/module/*)

$(OUT)/probe.so: $(PROBED) | $(SRC)/objs/Makefile
	t/module/build $(SRC) $@ $(if $(SAN),$(SANITIZE))


html: node_modules/.package-lock.json
	@scripts/html build/html

node_modules/.package-lock.json: package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

lint:
	scripts/lint

run:
	@scripts/deps build run
	@$(MAKE) -s module html
	@exec scripts/run "$(PORT)" "$(DATA)" "$(WORKERS)" "$(DEMO)"

test:
	@scripts/deps build run test
	$(if $(SAN),GAVEL_SAN=1) scripts/test

test-long:
	@scripts/deps build run test
	$(if $(SAN),GAVEL_SAN=1) scripts/test --long

# A million random commands, each looked at from all sides.

SEED     ?= $(shell date +%s)
COMMANDS ?= 1000000

prove-long: $(OUT)/unit/property.t
	$< $(SEED) $(COMMANDS)

# What the unit tests reach of the engine; MISSING=1 tells what they do not.

coverage:
	$(if $(MISSING),MISSING=1) scripts/coverage

chaos: build
	@scripts/deps test
	GAVEL_CHAOS_SECONDS=$(or $(SECONDS),180) GAVEL_CHAOS_SEED=$(SEED) \
	    GAVEL_CHAOS_WATCHERS=$(WATCHERS) GAVEL_CHAOS_RATE=$(RATE) \
	    GAVEL_CHAOS_VERBOSE=1 prove --timer -I t/lib t/95-chaos.t

bench: build
	@scripts/deps run bench
	scripts/bench

install: module tools html
	scripts/install "$(DESTDIR)"

clean:
	rm -rf build
