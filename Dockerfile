# Two images of what `make build` leaves, on a slim Debian with the libraries that they need at run time:
#   docker build --target hub -t REGISTRY/frugalhub .
#   docker build --target foo-reconciler -t REGISTRY/foo-reconciler .
# Run `make build` on Debian 12, or on something older: a binary runs with the C library it was linked with, or a newer one.
FROM debian:bookworm-slim AS runtime
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates libcurl4 \
 && rm -rf /var/lib/apt/lists/*
USER 65532:65532

FROM runtime AS foo-reconciler
COPY dist/foo-reconciler /usr/local/bin/foo-reconciler
EXPOSE 8080
ENTRYPOINT ["/usr/local/bin/foo-reconciler"]

FROM runtime AS hub
COPY dist/hub /usr/local/bin/hub
EXPOSE 8080
ENTRYPOINT ["/usr/local/bin/hub"]
CMD ["serve"]
