# The production image. `docker build --tag poortwachter:0.1.0 .`
#
# The tag names an exact version of Node. A registry's digest (node:…@sha256:…) would pin the very bytes: add it where you
# build, from your own registry's copy of this image.
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

FROM ${NODE_IMAGE} AS dependencies
WORKDIR /app
# A layer of its own: it is made anew only when the dependencies change.
COPY package.json package-lock.json ./
# Nothing that production needs has an install script, so none of a dependency's code runs while building.
# The compiler is a peer that i18next may have, which npm therefore does not count as for development: 30 MB.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
    && rm -rf node_modules/typescript node_modules/@typescript node_modules/.bin/tsc

FROM ${NODE_IMAGE}
LABEL org.opencontainers.image.title="Poortwachter" \
      org.opencontainers.image.description="OpenID Connect identity provider for absence management" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="MIT"
# What installs packages has no business in a running container. The command line is on the path instead.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack \
      /usr/local/bin/yarn /usr/local/bin/yarnpkg /opt/yarn-* \
    && ln -s /app/src/cli/bin.mjs /usr/local/bin/poortwachter
WORKDIR /app
# Everything belongs to root and is only read: whoever breaks into the process can change none of it.
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY config ./config
COPY src ./src
COPY adapters ./adapters
COPY interactions ./interactions
ENV NODE_ENV=production
# As a number, because Kubernetes' runAsNonRoot can't look a name up. It owns nothing in the image.
USER 10001:10001
EXPOSE 3000 9464
# Node gets the signals itself: SIGTERM ends running requests in peace. Health is asked from outside, at /livez and
# /readyz of port 9464; a HEALTHCHECK would start one more Node every time.
CMD ["node", "src/main.ts"]
