{{/* Of what a job of the owner needs: made just before it and deleted after it. */}}
{{- define "poortwachter.besideJob" -}}
helm.sh/hook: {{ .hook }}
helm.sh/hook-weight: "-10"
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end -}}

{{/*
A job with the owner's role at a moment of Helm's (`hook`). It may run before anything of the release is made or
changed, so what it needs can't be the release's: it has copies.
*/}}
{{- define "poortwachter.ownerJob" -}}
{{- $root := .root -}}
{{- $name := printf "%s-%s" (include "poortwachter.fullname" $root) .component -}}
{{- $labels := dict "root" $root "component" .component -}}
{{- $secret := default $name $root.Values.secrets.existingSecret -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ $name }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "poortwachter.labels" $labels | nindent 4 }}
  annotations:
    {{- include "poortwachter.besideJob" . | nindent 4 }}
data:
  settings.yaml: |
    {{- include "poortwachter.settings" $root | nindent 4 }}
{{- if not $root.Values.secrets.existingSecret }}
---
apiVersion: v1
kind: Secret
metadata:
  name: {{ $name }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "poortwachter.labels" $labels | nindent 4 }}
  annotations:
    {{- include "poortwachter.besideJob" . | nindent 4 }}
type: Opaque
data:
  {{- include "poortwachter.secretData" $root | nindent 2 }}
  {{- if not $root.Values.migration.existingSecret }}
  database-migration-url: {{ $root.Values.secrets.values.databaseMigrationUrl | b64enc }}
  {{- end }}
{{- end }}
{{- if $root.Values.serviceAccount.create }}
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ $name }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "poortwachter.labels" $labels | nindent 4 }}
  annotations:
    {{- include "poortwachter.besideJob" . | nindent 4 }}
automountServiceAccountToken: false
{{- end }}
{{- if $root.Values.networkPolicy.enabled }}
---
# Where everything is denied by default, the job would reach nothing without it.
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ $name }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "poortwachter.labels" $labels | nindent 4 }}
  annotations:
    {{- include "poortwachter.besideJob" . | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      {{- include "poortwachter.selector" $labels | nindent 6 }}
  policyTypes: [Ingress, Egress]
  egress:
    {{- include "poortwachter.dnsAndPostgres" $root | nindent 4 }}
    {{- with $root.Values.networkPolicy.extraEgress }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end }}
---
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ $name }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "poortwachter.labels" $labels | nindent 4 }}
  annotations:
    helm.sh/hook: {{ .hook }}
    helm.sh/hook-weight: "0"
    # One that failed stays, for its log.
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  backoffLimit: {{ int $root.Values.migration.backoffLimit }}
  activeDeadlineSeconds: {{ int $root.Values.migration.activeDeadlineSeconds }}
  {{- if not (kindIs "invalid" $root.Values.migration.ttlSecondsAfterFinished) }}
  ttlSecondsAfterFinished: {{ int $root.Values.migration.ttlSecondsAfterFinished }}
  {{- end }}
  template:
    metadata:
      labels:
        {{- with $root.Values.podLabels }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
        {{- include "poortwachter.labels" $labels | nindent 8 }}
    spec:
      restartPolicy: Never
      serviceAccountName: {{ ternary $name (include "poortwachter.serviceAccountName" $root) $root.Values.serviceAccount.create }}
      {{- include "poortwachter.podSecurity" $root | nindent 6 }}
      containers:
        - name: poortwachter
          {{- include "poortwachter.container" (dict "root" $root "owner" true) | nindent 10 }}
          command: {{ toJson .command }}
          resources:
            {{- include "poortwachter.resources" $root | nindent 12 }}
      volumes:
        {{- $owner := default $secret $root.Values.migration.existingSecret }}
        {{- include "poortwachter.volumes" (dict "root" $root "settings" $name "secret" $secret "ownerSecret" $owner) | nindent 8 }}
{{- end -}}
