{{/* "true" when the pods share a Redis. */}}
{{- define "krp.hasRedis" -}}
{{- if or .Values.redis.url (and .Values.redis.existingSecret .Values.redis.urlKey) }}true{{ end }}
{{- end }}

{{/* "true" when something else than this chart decides how many pods there are. */}}
{{- define "krp.isScaled" -}}
{{- if or .Values.autoscaling.enabled .Values.keda.enabled }}true{{ end }}
{{- end }}

{{/* "true" when the pods know one another by a secret. */}}
{{- define "krp.hasInternalSecret" -}}
{{- if and (include "krp.hasRedis" .) (or .Values.internal.existingSecret (not .Values.internal.tls.mutual)) }}true{{ end }}
{{- end }}

{{- define "krp.replicas" -}}
{{- if kindIs "invalid" .Values.replicas }}
{{- if include "krp.hasRedis" . }}3{{ else }}1{{ end }}
{{- else }}
{{- .Values.replicas }}
{{- end }}
{{- end }}

{{/* What the schema of the values cannot say. */}}
{{- define "krp.checks" -}}
{{- if not .Values.bootstrapServers }}
{{- fail "\n\nbootstrapServers is empty: say which Kafka to use, for example --set bootstrapServers=kafka:9092" }}
{{- end }}
{{- if not (include "krp.hasRedis" .) }}
{{- if include "krp.isScaled" . }}
{{- fail "\n\nautoscaling and keda need Redis: set redis.url (or redis.existingSecret and redis.urlKey). Without it a consumer instance is known to one pod alone." }}
{{- end }}
{{- if gt (int (include "krp.replicas" .)) 1 }}
{{- fail (printf "\n\nreplicas is %s, and more than one pod needs Redis: set redis.url (or redis.existingSecret and redis.urlKey). Without it a consumer instance is known to one pod alone." (include "krp.replicas" .)) }}
{{- end }}
{{- end }}
{{- if and .Values.autoscaling.enabled .Values.keda.enabled }}
{{- fail "\n\nautoscaling and keda are both enabled, and KEDA makes an HPA of its own: choose one" }}
{{- end }}
{{- if and .Values.autoscaling.enabled (not .Values.autoscaling.targetCPUUtilizationPercentage) (not .Values.autoscaling.metrics) }}
{{- fail "\n\nautoscaling needs autoscaling.targetCPUUtilizationPercentage or autoscaling.metrics" }}
{{- end }}
{{- range $name, $scaler := dict "autoscaling" .Values.autoscaling "keda" .Values.keda }}
{{- if and $scaler.enabled (gt (int64 $scaler.minReplicas) (int64 $scaler.maxReplicas)) }}
{{- fail (printf "\n\n%s.minReplicas is %v and %s.maxReplicas %v" $name $scaler.minReplicas $name $scaler.maxReplicas) }}
{{- end }}
{{- end }}
{{- if and .Values.keda.enabled (not .Values.keda.prometheus.serverAddress) (not .Values.keda.triggers) }}
{{- fail "\n\nkeda needs keda.prometheus.serverAddress or keda.triggers" }}
{{- end }}
{{- if and (eq .Values.redis.mode "sentinel") (include "krp.hasRedis" .) (not .Values.redis.sentinel.master) }}
{{- fail "\n\nredis.mode is sentinel: set redis.sentinel.master" }}
{{- end }}
{{- range $key := list "urlKey" "passwordKey" "sentinelPasswordKey" }}
{{- if and (get $.Values.redis $key) (not $.Values.redis.existingSecret) }}
{{- fail (printf "\n\nredis.%s names a key of redis.existingSecret, which is empty" $key) }}
{{- end }}
{{- end }}
{{- if and .Values.kafka.sasl.mechanism (not .Values.kafka.sasl.existingSecret) }}
{{- fail "\n\nkafka.sasl.mechanism is set: set kafka.sasl.existingSecret, a secret with user name and password" }}
{{- end }}
{{- range $name, $tls := dict "kafka" .Values.kafka.tls "redis" .Values.redis.tls "internal" .Values.internal.tls }}
{{- if ne (empty $tls.certKey) (empty $tls.keyKey) }}
{{- fail (printf "\n\n%s.tls.certKey and %s.tls.keyKey go together" $name $name) }}
{{- end }}
{{- end }}
{{- if and .Values.internal.tls.existingSecret (not .Values.internal.tls.certKey) }}
{{- fail "\n\ninternal.tls needs internal.tls.certKey and internal.tls.keyKey" }}
{{- end }}
{{- if and .Values.internal.tls.mutual (or (not .Values.internal.tls.existingSecret) (not .Values.internal.tls.caKey)) }}
{{- fail "\n\ninternal.tls.mutual needs internal.tls.existingSecret and internal.tls.caKey: the certificate that the pods show, and the authority that they trust" }}
{{- end }}
{{- if and .Values.kafka.tls.existingSecret (not .Values.kafka.tls.enabled) }}
{{- fail "\n\nkafka.tls.existingSecret is set and kafka.tls.enabled is false" }}
{{- end }}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) }}
{{- fail "\n\nhttpRoute needs httpRoute.parentRefs: the gateway that it belongs to" }}
{{- end }}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) }}
{{- fail "\n\ningress needs ingress.hosts" }}
{{- end }}
{{- if gt (mul 3 (int64 .Values.lease.renewMs)) (int64 .Values.lease.ms) }}
{{- fail (printf "\n\nlease.renewMs is %v and may be at most a third of lease.ms (%v)" .Values.lease.renewMs .Values.lease.ms) }}
{{- end }}
{{- $graceful := int64 (get .Values.config "shutdown.graceful.ms" | default 5000) }}
{{- $least := add (int64 .Values.preStopSleepSeconds) (div (add $graceful 999) 1000) 10 }}
{{- if lt (int64 .Values.terminationGracePeriodSeconds) $least }}
{{- fail (printf "\n\nterminationGracePeriodSeconds is %v and must be at least %v: preStopSleepSeconds, shutdown.graceful.ms and 10 s to leave groups and close connections" .Values.terminationGracePeriodSeconds $least) }}
{{- end }}
{{- end }}
