# Build: docker build --build-arg VERSION=0.1.0 --build-arg REVISION="$(git rev-parse HEAD)" -t ilc-canvas:0.1.0 .   (podman, buildah: add --format docker)
# To pin the base by digest on a connected machine: docker buildx imagetools inspect python:3.11-slim-bookworm, then FROM name@sha256:...
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
RUN apt-get update \
 && apt-get install -y --no-install-recommends tini=0.19.0-* \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /src
RUN python -m venv /opt/ilc
COPY config/requirements.txt config/requirements.txt
RUN /opt/ilc/bin/pip install --require-hashes --only-binary :all: -r config/requirements.txt
COPY . .
RUN /opt/ilc/bin/pip install --no-deps --no-build-isolation . \
 && /opt/ilc/bin/pip uninstall -y setuptools pip \
 && rm -rf /opt/ilc/bin/[Aa]ctivate* /opt/ilc/include

FROM python:3.11-slim-bookworm
# The base comes without bytecode, and a read-only root can keep none: it is made here, once. What can build or raise rights goes.
RUN library="$(python -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')" \
 && rm -rf /usr/local/bin/pip* /usr/local/bin/wheel /usr/local/bin/idle* "$library"/site-packages/* "$library"/ensurepip "$library"/idlelib "$library"/lib2to3 \
 && python -m compileall -q "$library" \
 && groupadd --gid 10001 ilc \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin --no-log-init ilc \
 && install -d -o 10001 -g 10001 -m 0700 /data \
 && find / -xdev -type f -perm /6000 -exec chmod a-s {} +
COPY --from=build /usr/bin/tini /usr/bin/tini
COPY --from=build /opt/ilc /opt/ilc
ENV PATH=/opt/ilc/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    ILC_CANVAS_STORE=sqlite:////data/store.db
ARG VERSION=0.1.0
ARG REVISION=
ARG SOURCE=
LABEL org.opencontainers.image.title="ilc-canvas" \
      org.opencontainers.image.description="From a finalized roster to Canvas courses with the right people in the right sections." \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.base.name="docker.io/library/python:3.11-slim-bookworm"
USER 10001:10001
WORKDIR /data
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["ilc-canvas", "health"]
ENTRYPOINT ["tini", "--", "ilc-canvas"]
CMD ["worker"]
