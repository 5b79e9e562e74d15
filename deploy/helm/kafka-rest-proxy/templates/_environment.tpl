{{/* A variable from a secret: (dict "name" … "secret" … "key" …). */}}
{{- define "krp.fromSecret" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ .secret }}
      key: {{ .key }}
{{- end }}

{{- define "krp.secretEnvironment" -}}
{{- $entries := list }}
{{- if .Values.kafka.sasl.mechanism }}
{{- with .Values.kafka.sasl }}
{{- $entries = append $entries (dict "name" "KAFKA_SASL_USERNAME" "secret" .existingSecret "key" .usernameKey) }}
{{- $entries = append $entries (dict "name" "KAFKA_SASL_PASSWORD" "secret" .existingSecret "key" .passwordKey) }}
{{- end }}
{{- end }}
{{- if include "krp.hasInternalSecret" . }}
{{- $entries = append $entries (dict "name" "KAFKA_REST_INTERNAL_SECRET" "secret" (include "krp.internalSecretName" .) "key" .Values.internal.secretKey) }}
{{- end }}
{{- if include "krp.hasRedis" . }}
{{- $redis := .Values.redis }}
{{- range $key, $name := dict "urlKey" "KAFKA_REST_REDIS_URL" "passwordKey" "KAFKA_REST_REDIS_PASSWORD" "sentinelPasswordKey" "KAFKA_REST_REDIS_SENTINEL_PASSWORD" }}
{{- if get $redis $key }}
{{- $entries = append $entries (dict "name" $name "secret" $redis.existingSecret "key" (get $redis $key)) }}
{{- end }}
{{- end }}
{{- end }}
{{- range $setting, $from := .Values.configFromSecrets }}
{{- $entries = append $entries (dict "name" (include "krp.variable" $setting) "secret" $from.name "key" $from.key) }}
{{- end }}
{{- range $entries }}
{{ include "krp.fromSecret" . }}
{{- end }}
{{- end }}

{{/* Secrets with certificates, by the name that their folder begins with. */}}
{{- define "krp.tlsSecrets" -}}
{{- $found := dict }}
{{- if and .Values.kafka.tls.enabled .Values.kafka.tls.existingSecret }}
{{- $_ := set $found "kafka" .Values.kafka.tls.existingSecret }}
{{- end }}
{{- if and (include "krp.hasRedis" .) .Values.redis.tls.existingSecret }}
{{- $_ := set $found "redis" .Values.redis.tls.existingSecret }}
{{- end }}
{{- if .Values.internal.tls.existingSecret }}
{{- $_ := set $found "internal" .Values.internal.tls.existingSecret }}
{{- end }}
{{- toYaml $found }}
{{- end }}
