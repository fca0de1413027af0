# Debian, not Alpine: the native part of Temporal's SDK needs glibc.
FROM node:20-bookworm-slim AS base
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
# The SDK's native part trusts the system's certificate authorities, and the slim image has none.
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production
COPY package.json ./
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
USER node
EXPOSE 8080
ENTRYPOINT ["node", "dist/program/timely-sync.js"]
CMD ["worker"]
