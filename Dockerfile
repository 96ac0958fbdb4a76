# The command line in a container:
#   docker build -t concordance .
#   docker run --rm -v "$PWD:/data" --user "$(id -u):$(id -g)" concordance demo --output /data/demo
FROM python:3.12-slim

COPY . /src
RUN pip install --no-cache-dir /src && rm -rf /src

WORKDIR /data
ENTRYPOINT ["concordance"]
CMD ["--help"]
