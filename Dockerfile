# Debian, not Alpine: the native part of Temporal's SDK needs glibc. Node 24 has long-term support until April 2028.
# deploy/pin-images.sh writes the digest behind the tag.
FROM node:24-bookworm-slim AS base
WORKDIR /app

# Not by `npm ci`, which refuses a lock file without the packages for other platforms. npm writes such a file where a registry
# does not have them all. `--no-save` installs exactly the versions of the lock file.

# The compiled program, with its migrations and the workflow bundle.
FROM base AS build
COPY package.json package-lock.json .npmrc ./
RUN npm install --no-save --no-audit --no-fund
COPY . .
RUN npm run build

# Its packages. The SDK has a native part for five platforms; only this one's stays.
FROM base AS packages
COPY package.json package-lock.json .npmrc ./
RUN npm install --no-save --omit=dev --no-audit --no-fund \
  && native=node_modules/@temporalio/core-bridge/releases \
  && test -d "$native/$(uname -m)-unknown-linux-gnu" \
  && find "$native" -mindepth 1 -maxdepth 1 ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -rf {} +

FROM base
LABEL org.opencontainers.image.title="timely-directory-sync" \
  org.opencontainers.image.licenses="Apache-2.0"
# The SDK's native part trusts the system's certificate authorities, and the slim image has none. tini passes signals on and
# takes in ended processes, on platforms without an init of their own too.
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates tini \
  && rm -rf /var/lib/apt/lists/* \
  && printf '#!/bin/sh\nexec node --max-semi-space-size=4 /app/dist/program/timely-sync.js "$@"\n' >/usr/local/bin/timely-sync \
  && chmod 755 /usr/local/bin/timely-sync
ENV NODE_ENV=production MALLOC_ARENA_MAX=2
COPY package.json LICENSE README.md CHANGELOG.md ./
COPY docs docs
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
USER node
EXPOSE 8080
ENTRYPOINT ["tini", "--", "timely-sync"]
CMD ["worker"]
