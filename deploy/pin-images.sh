#!/bin/sh
# Pins the images of docker-compose.yml, docker-compose.cloud.yml and Dockerfile to what their tags stand for now: name:tag becomes name:tag@sha256:….
# Run it again for newer ones. It needs Docker with buildx, and asks the images' registry.
set -eu
cd "$(dirname "$0")/.."

images() {
  sed -nE 's/^ *image: ([^@ ]+:[^@ ]+)(@sha256:[0-9a-f]+)?$/\1/p' docker-compose.yml docker-compose.cloud.yml
  sed -nE 's/^FROM ([^@ ]+:[^@ ]+)(@sha256:[0-9a-f]+)?( AS .*)?$/\1/p' Dockerfile
}

for image in $(images | sort -u); do
  digest=$(docker buildx imagetools inspect --format '{{.Manifest.Digest}}' "$image")
  if ! echo "$digest" | grep -Eq '^sha256:[0-9a-f]{64}$'; then
    echo "Docker gave no digest for $image." >&2
    exit 1
  fi
  sed -i.before -E "s#^( *image: |FROM )$image(@sha256:[0-9a-f]+)?#\\1$image@$digest#" docker-compose.yml docker-compose.cloud.yml Dockerfile
  rm -f docker-compose.yml.before docker-compose.cloud.yml.before Dockerfile.before
  echo "$image@$digest"
done
