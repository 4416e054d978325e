{{/* What server and migration have in common, so that neither can be less restricted than the other. */}}
{{- define "poortwachter.podSecurity" -}}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
securityContext:
  runAsNonRoot: true
  {{- with .Values.user.runAsUser }}
  runAsUser: {{ int . }}
  {{- end }}
  {{- with .Values.user.runAsGroup }}
  runAsGroup: {{ int . }}
  {{- end }}
  {{- with .Values.user.fsGroup }}
  fsGroup: {{ int . }}
  {{- end }}
  seccompProfile:
    type: RuntimeDefault
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Of a container. `owner`: with the owner's address of the database. */}}
{{- define "poortwachter.container" -}}
image: {{ include "poortwachter.image" .root | quote }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
env:
  - name: POORTWACHTER_CONFIG
    value: /etc/poortwachter/settings.yaml
  {{- range include "poortwachter.givenSecrets" .root | fromJsonArray }}
  - name: {{ .variable }}_FILE
    value: /run/secrets/poortwachter/{{ .key }}
  {{- end }}
  {{- if .owner }}
  - name: DATABASE_MIGRATION_URL_FILE
    value: /run/secrets/poortwachter/database-migration-url
  {{- end }}
  {{- with .root.Values.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
volumeMounts:
  - name: settings
    mountPath: /etc/poortwachter
    readOnly: true
  - name: secrets
    mountPath: /run/secrets/poortwachter
    readOnly: true
  - name: tmp
    mountPath: /tmp
  {{- with .root.Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/*
`settings`: name of the ConfigMap. `secret`: name of the Secret with what the server needs. `ownerSecret`: that with the
owner's address, for the migration alone. Only the keys that are used are mounted.
*/}}
{{- define "poortwachter.volumes" -}}
- name: settings
  configMap:
    name: {{ .settings }}
- name: secrets
  projected:
    # 0440: for the container's group (fsGroup), and nobody else.
    defaultMode: 288
    sources:
      - secret:
          name: {{ .secret }}
          items:
            {{- range include "poortwachter.givenSecrets" .root | fromJsonArray }}
            - key: {{ .key }}
              path: {{ .key }}
            {{- end }}
            {{- range include "poortwachter.namedFiles" .root | fromJsonArray }}
            - key: {{ . }}
              path: {{ . }}
            {{- end }}
      {{- if .ownerSecret }}
      - secret:
          name: {{ .ownerSecret }}
          items:
            - key: database-migration-url
              path: database-migration-url
      {{- end }}
- name: tmp
  emptyDir:
    sizeLimit: 64Mi
{{- with .root.Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}
