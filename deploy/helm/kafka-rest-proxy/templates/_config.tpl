{{/* The variable of a setting: bootstrap.servers → KAFKA_REST_BOOTSTRAP_SERVERS. */}}
{{- define "krp.variable" -}}
KAFKA_REST_{{ . | replace "_" "__" | replace "-" "___" | replace "." "_" | upper }}
{{- end }}

{{/* A number of YAML can be a float here: 268435456 must not become 2.68435456e+08. */}}
{{- define "krp.text" -}}
{{- if and (kindIs "float64" .) (eq (floor .) .) }}{{ printf "%.0f" . }}{{ else }}{{ toString . }}{{ end }}
{{- end }}

{{/* http or https: what the internal port speaks. */}}
{{- define "krp.internalScheme" -}}
{{- ternary "https" "http" (ne .Values.internal.tls.existingSecret "") }}
{{- end }}

{{/* http or https: what the port for clients speaks. */}}
{{- define "krp.publicScheme" -}}
{{- ternary "https" "http" (get .Values.config "listeners" | default "" | lower | hasPrefix "https://") }}
{{- end }}

{{/* Settings of a TLS client whose PEM files are mounted: (dict "prefix" … "tls" … "dir" …). */}}
{{- define "krp.tlsSettings" -}}
{{- if .tls.caKey }}
{{ .prefix }}ssl.truststore.type: PEM
{{ .prefix }}ssl.truststore.location: {{ .dir }}/{{ .tls.caKey }}
{{- end }}
{{- if .tls.certKey }}
{{ .prefix }}ssl.keystore.type: PEM
{{ .prefix }}ssl.keystore.certificate.chain: {{ printf "${file:%s/%s}" .dir .tls.certKey | quote }}
{{ .prefix }}ssl.keystore.key: {{ printf "${file:%s/%s}" .dir .tls.keyKey | quote }}
{{- end }}
{{- end }}

{{/* All settings that are no secrets, by their names; `config` has the last word. */}}
{{- define "krp.settings" -}}
{{- $settings := dict "bootstrap.servers" .Values.bootstrapServers }}
{{- $_ := set $settings "internal.listeners" (printf "%s://0.0.0.0:8083" (include "krp.internalScheme" .)) }}
{{- with .Values.internal.tls }}
{{- if .existingSecret }}
{{- $settings = merge $settings (include "krp.tlsSettings" (dict "prefix" "internal." "tls" . "dir" "/etc/kafka-rest/internal-tls") | fromYaml) }}
{{- $_ := set $settings "internal.ssl.endpoint.identification.algorithm" "" }}
{{- /* Said in any case: else it would be what clients are asked for, and a kubelet has no certificate. */}}
{{- $_ := set $settings "internal.ssl.client.authentication" (ternary "REQUESTED" "NONE" .mutual) }}
{{- end }}
{{- end }}
{{- with .Values.externalUrl }}
{{- $_ := set $settings "advertised.listeners" . }}
{{- end }}
{{- with .Values.kafka }}
{{- if .sasl.mechanism }}
{{- $module := ternary "plain.PlainLoginModule" "scram.ScramLoginModule" (eq .sasl.mechanism "PLAIN") }}
{{- $_ := set $settings "client.sasl.mechanism" .sasl.mechanism }}
{{- $_ := set $settings "client.sasl.jaas.config" (printf `org.apache.kafka.common.security.%s required username="${env:KAFKA_SASL_USERNAME}" password="${env:KAFKA_SASL_PASSWORD}";` $module) }}
{{- end }}
{{- if or .sasl.mechanism .tls.enabled }}
{{- $_ := set $settings "client.security.protocol" (printf "%s%s" (ternary "SASL_" "" (ne .sasl.mechanism "")) (ternary "SSL" "PLAINTEXT" .tls.enabled)) }}
{{- end }}
{{- if and .tls.enabled .tls.existingSecret }}
{{- $settings = merge $settings (include "krp.tlsSettings" (dict "prefix" "client." "tls" .tls "dir" "/etc/kafka-rest/kafka-tls") | fromYaml) }}
{{- end }}
{{- end }}
{{- if include "krp.hasRedis" . }}
{{- with .Values.redis }}
{{- if not .urlKey }}
{{- $_ := set $settings "redis.url" .url }}
{{- end }}
{{- $_ := set $settings "redis.mode" .mode }}
{{- $_ := set $settings "redis.key.prefix" .keyPrefix }}
{{- range $key, $value := dict "redis.username" .username "redis.sentinel.master" .sentinel.master "redis.sentinel.username" .sentinel.username }}
{{- if $value }}
{{- $_ := set $settings $key $value }}
{{- end }}
{{- end }}
{{- if .tls.existingSecret }}
{{- $settings = merge $settings (include "krp.tlsSettings" (dict "prefix" "redis." "tls" .tls "dir" "/etc/kafka-rest/redis-tls") | fromYaml) }}
{{- end }}
{{- end }}
{{- $_ := set $settings "replica.lease.ms" .Values.lease.ms }}
{{- $_ := set $settings "replica.lease.renew.ms" .Values.lease.renewMs }}
{{- end }}
{{- mergeOverwrite $settings .Values.config | toYaml }}
{{- end }}

{{/* Bytes of 512Mi, 1Gi, 1G, 1073741824. */}}
{{- define "krp.bytes" -}}
{{- $text := include "krp.text" . }}
{{- $number := regexFind "^[0-9.]+" $text | float64 }}
{{- $unit := regexReplaceAll "^[0-9.]+" $text "" }}
{{- $factors := dict "" 1 "k" 1000 "M" 1000000 "G" 1000000000 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 }}
{{- if not (hasKey $factors $unit) }}
{{- fail (printf "\n\nresources.limits.memory: %s is not understood: use Mi or Gi" $text) }}
{{- end }}
{{- mulf $number (get $factors $unit) | int64 }}
{{- end }}

{{/* --max-old-space-size for the memory limit; nothing without a limit. */}}
{{- define "krp.maxOldSpaceSizeMiB" -}}
{{- if .Values.maxOldSpaceSizeMiB }}
{{- .Values.maxOldSpaceSizeMiB }}
{{- else if (.Values.resources.limits | default dict).memory }}
{{- $limit := div (include "krp.bytes" .Values.resources.limits.memory | int64) 1048576 }}
{{- $bodies := get .Values.config "max.inflight.bytes" }}
{{- $bodiesMiB := 256 }}
{{- if hasKey .Values.config "max.inflight.bytes" }}
{{- /* 0 is without a limit: half of the memory is left for bodies. */}}
{{- $bodiesMiB = div (include "krp.text" $bodies | int64) 1048576 | default (div $limit 2) }}
{{- end }}
{{- $heap := min (div (mul $limit 3) 4) (sub (sub $limit $bodiesMiB) 128) }}
{{- if lt $heap 96 }}
{{- fail (printf "\n\nresources.limits.memory (%d MiB) leaves %d MiB for the heap after max.inflight.bytes (%d MiB) and 128 MiB for Node itself, and 96 are the least: raise the limit or lower config.max.inflight.bytes" $limit $heap $bodiesMiB) }}
{{- end }}
{{- $heap }}
{{- end }}
{{- end }}
