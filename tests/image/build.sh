#!/bin/sh
# Build the image without a Docker engine and without a registry of images: buildah, on a base made here under the real base's name.
# The Dockerfile is used as it is. What differs from a connected machine: the base is Debian bookworm by debootstrap with the Python 3.11
# that runs here in /usr/local, bare of bytecode and tests as the real one; wheels come from a folder by a mounted pip.conf.
# Usage, as root on Debian bookworm: tests/image/build.sh FOLDER      (about 3 minutes the first time; the base and the wheels are kept in FOLDER)
set -eu
here="$(cd "$(dirname "$0")/../.." && pwd)"
mkdir -p "${1:?a folder to work in}"
work="$(cd "$1" && pwd)"
base=docker.io/library/python:3.11-slim-bookworm
storage="--root $work/storage --runroot $work/run --storage-driver vfs"
version="$(sed -n 's/^version = "\(.*\)"/\1/p' "$here/pyproject.toml")"
revision="$(git -C "$here" rev-parse HEAD)"

command -v buildah >/dev/null && command -v podman >/dev/null && command -v debootstrap >/dev/null || {
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends buildah podman debootstrap runc uidmap netavark aardvark-dns
}

make_base() { # a stand-in for the real base: what its own recipe puts into it, and the Python that runs here
  home="$(python3 -c 'import sys; print(sys.base_prefix if sys.version_info[:2] == (3, 11) else "")')"
  case "$home" in "" | /usr) echo "A Python 3.11 with a prefix of its own is needed (pyenv), not Debian's."; exit 1 ;; esac
  rm -rf "$work/root"
  debootstrap --variant=minbase \
    --include=ca-certificates,netbase,tzdata,libssl3,libsqlite3-0,libffi8,libbz2-1.0,liblzma5,zlib1g,libreadline8,libncursesw6,libuuid1,libnsl2,libexpat1 \
    bookworm "$work/root" >"$work/debootstrap.log"
  tar -C "$home" -c --exclude='__pycache__' --exclude='site-packages/*' --exclude=test --exclude=tests --exclude='*.a' bin lib/libpython3.11.so.1.0 \
    lib/libpython3.so lib/python3.11 | tar -C "$work/root/usr/local" -x --no-same-owner
  find "$work/root/usr/local" -name '*.so*' -exec strip --strip-unneeded {} +
  find "$work/root/usr/local/bin" -mindepth 1 ! -name 'python3.11' -delete
  ln -s python3.11 "$work/root/usr/local/bin/python3" && ln -s python3 "$work/root/usr/local/bin/python"
  chroot "$work/root" ldconfig
  rm -rf "$work/root/var/cache/apt/archives"/*.deb "$work/root/var/lib/apt/lists"/*
  tar -C "$work/root" -c . | podman $storage import -q --change 'CMD ["python3"]' - "$base"
}

podman $storage image exists "$base" || make_base
mkdir -p "$work/wheels"
python3 -m pip download -q --disable-pip-version-check --require-hashes --only-binary :all: -r "$here/config/requirements.txt" -d "$work/wheels"
printf '[global]\nno-index = true\nfind-links = /wheels\n' >"$work/pip.conf"
buildah $storage bud --isolation chroot --pull-never --format docker --build-arg VERSION="$version" --build-arg REVISION="$revision" \
  -v "$work/wheels:/wheels:ro" -v "$work/pip.conf:/etc/pip.conf:ro" -t "localhost/ilc-canvas:$version" "$here"
podman $storage image inspect --format '{{.Size}}' "$base" "localhost/ilc-canvas:$version"
