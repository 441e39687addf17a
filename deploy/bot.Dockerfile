# Speaks with people: the web chat, Discord, Slack. Holds no engine; the image does not even contain one.
# docker build -f deploy/bot.Dockerfile -t easel-bot .
FROM node:20.20.2-bookworm-slim AS packages
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --no-audit --no-fund
RUN rm -rf node_modules/onnxruntime-node node_modules/onnxruntime-common

FROM packages AS page
COPY . .
RUN npm run build:page

FROM node:20.20.2-bookworm-slim
ENV NODE_ENV=production EASEL_HOME=/var/lib/easel
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY . .
COPY --from=page /app/bots/web/client/dist bots/web/client/dist
# The build ends here if an engine came in by another way, or if the roles could not be loaded without one: they say what is
# not configured and exit with 78.
RUN ! node -e "require.resolve('onnxruntime-node')" 2>/dev/null \
  && for role in web discord slack; do node cli/bin.mjs "$role"; test $? -eq 78 || exit 1; done
RUN mkdir -p /var/lib/easel && chown node:node /var/lib/easel
USER node
VOLUME /var/lib/easel
ENTRYPOINT ["node", "/app/cli/bin.mjs"]
CMD ["web"]
