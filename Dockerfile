# Gavel in a container: the same steps as the Makefile, in two stages.
# PostgreSQL and Redis are elsewhere: see compose.yaml.

FROM debian:bookworm-slim AS build

RUN apt-get update && apt-get install -y --no-install-recommends make
WORKDIR /gavel
COPY scripts/deps scripts/deps
RUN scripts/deps build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --omit=dev --no-audit --no-fund \
    && touch node_modules/.package-lock.json
COPY . .
RUN make module tools html && rm -rf build/nginx-src build/objects


FROM debian:bookworm-slim

RUN apt-get update \
    && apt-get install -y --no-install-recommends \
       nginx-light postgresql-client redis-tools openssl perl curl \
       libpq5 libhiredis0.14 libjansson4 libcrypt1 libssl3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --home-dir /var/lib/gavel gavel \
    && install -d -o gavel -g gavel /var/lib/gavel

COPY --from=build /gavel/build /gavel/build
COPY conf /gavel/conf
COPY migrations /gavel/migrations
COPY scripts /gavel/scripts

USER gavel
WORKDIR /gavel
VOLUME /var/lib/gavel
EXPOSE 8080

ENV LISTEN=0.0.0.0 PORT=8080 WORKERS=auto DEMO=0

HEALTHCHECK --interval=10s --timeout=3s --start-period=60s \
    CMD curl -fsS "http://127.0.0.1:$PORT/healthz" || exit 1

CMD ["sh", "-c", "exec scripts/run \"$PORT\" /var/lib/gavel \"$WORKERS\" \"$DEMO\""]
