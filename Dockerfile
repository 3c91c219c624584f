# Rivulet in a container: `docker build -t rivulet . && docker run -p 8000:8000 -v rivulet:/data rivulet`
# compose.yaml runs it with a root that cannot be written to; lib/hosting/README.md tells more.
#
# The base is Deno's own image for amd64 and arm64, by its digest. Where a new version is taken, look its digest up with
# `docker buildx imagetools inspect denoland/deno:<version>`.
FROM denoland/deno:2.9.6@sha256:2014dc167ece617ef7e7ba40631ac2234c59e75ce693e7cc2dc2602b3c87859d AS build
WORKDIR /app
ENV DENO_DIR=/deno-dir
COPY deno.json deno.lock ./
RUN deno install --quiet --frozen
COPY main.ts ./
COPY lib lib
COPY routes routes
COPY islands islands
COPY static static
RUN deno task --quiet build --quiet
# A root that cannot be written to keeps no compiled code, so that a start would compile all of it again.
RUN deno cache --quiet main.ts lib/hosting/healthy.ts && rm -rf /deno-dir/npm && chown -R deno:deno /deno-dir

FROM denoland/deno:2.9.6@sha256:2014dc167ece617ef7e7ba40631ac2234c59e75ce693e7cc2dc2602b3c87859d
WORKDIR /app
ENV DENO_DIR=/deno-dir DATA_DIR=/data DENO_NO_UPDATE_CHECK=1
COPY --from=build /deno-dir /deno-dir
COPY --from=build /app /app
RUN mkdir /data && chown deno:deno /data
USER deno
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["deno", "run", "--allow-net", "--allow-env=PORT", "lib/hosting/healthy.ts"]
CMD ["deno", "task", "--quiet", "serve"]
