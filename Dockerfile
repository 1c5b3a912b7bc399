FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -o /comity ./cmd/comity

FROM debian:12-slim
RUN useradd --system --home-dir /var/lib/comity --create-home comity
USER comity
COPY --from=build /comity /comity
ENTRYPOINT ["/comity"]
