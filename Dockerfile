# Build: docker build --build-arg VERSION=0.1.0 -t ilc-canvas:0.1.0 .
# To pin the base by digest on a connected machine: docker buildx imagetools inspect python:3.11-slim-bookworm
FROM python:3.11-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python -m venv /opt/ilc
COPY config/requirements.txt config/requirements.txt
RUN /opt/ilc/bin/pip install --require-hashes -r config/requirements.txt
COPY . .
RUN /opt/ilc/bin/pip install --no-deps --no-build-isolation . && /opt/ilc/bin/pip uninstall -y setuptools pip

FROM python:3.11-slim-bookworm
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="ilc-canvas" \
      org.opencontainers.image.description="From a finalized roster to Canvas courses" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.base.name="python:3.11-slim-bookworm"
ENV PATH=/opt/ilc/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 ILC_CANVAS_STORE=sqlite:////data/store.db
COPY --from=build /opt/ilc /opt/ilc
RUN install -d -o 10001 -g 10001 -m 0700 /data
USER 10001:10001
VOLUME /data
WORKDIR /tmp
STOPSIGNAL SIGTERM
ENTRYPOINT ["ilc-canvas"]
CMD ["--help"]
