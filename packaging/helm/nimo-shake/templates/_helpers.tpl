{{- define "nimo-shake.name" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "nimo-shake.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "nimo-shake.labels" -}}
{{ include "nimo-shake.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "nimo-shake.metadata" -}}
name: {{ include "nimo-shake.name" . }}
namespace: {{ .Release.Namespace }}
labels:
  {{- include "nimo-shake.labels" . | nindent 2 }}
{{- end -}}

{{- define "nimo-shake.serviceAccount" -}}
{{- if .Values.serviceAccount.name -}}
{{- .Values.serviceAccount.name -}}
{{- else if .Values.serviceAccount.create -}}
{{- include "nimo-shake.name" . -}}
{{- else -}}
default
{{- end -}}
{{- end -}}

{{- define "nimo-shake.secret" -}}
{{- .Values.existingSecret | default (include "nimo-shake.name" .) -}}
{{- end -}}

{{- /* The lines of nimo-shake.conf. Helm reads whole numbers as decimals. */ -}}
{{- define "nimo-shake.conf" -}}
{{- range $key, $value := .Values.config }}
{{ $key }} = {{ if and (kindIs "float64" $value) (eq (floor $value) $value) }}{{ int64 $value }}{{ else }}{{ $value }}{{ end }}
{{- end }}
{{- if .Values.mapping }}
mapping.file = /etc/nimo-shake/mapping.yaml
{{- end }}
{{- end -}}
