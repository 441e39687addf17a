# Reads requests and makes pictures. Holds the model's engine and no token of any platform.
# docker build -f deploy/worker.Dockerfile -t easel-worker .
FROM node:20.20.2-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM node:20.20.2-bookworm-slim
ENV NODE_ENV=production EASEL_HOME=/var/lib/easel
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY . .
# A volume that is mounted here for the first time takes over this owner.
RUN mkdir -p /var/lib/easel && chown node:node /var/lib/easel
USER node
VOLUME /var/lib/easel
ENTRYPOINT ["node", "/app/cli/bin.mjs"]
CMD ["worker"]
