/// Types of core/v1 that make up a pod template, in the notation of `APITypeNotation`.
enum PodTypes {
  static let text = """
    % core io.k8s.api.core.v1
    @PodTemplateSpec
      metadata:meta.ObjectMeta=1 ?; spec:PodSpec=2 ?
    @PodSpec
      volumes:[Volume]=1 ? merge:name retain map:name; initContainers:[Container]=20 ? merge:name map:name;
      containers:[Container]=2 ! merge:name map:name;
      ephemeralContainers:[EphemeralContainer]=34 ? merge:name map:name; restartPolicy:s=3 ?;
      terminationGracePeriodSeconds:l=4 * ?; activeDeadlineSeconds:l=5 * ?; dnsPolicy:s=6 ?;
      nodeSelector:{s}=7 ? atomic; serviceAccountName:s=8 ?; serviceAccount:s=9 ?;
      automountServiceAccountToken:b=21 * ?; nodeName:s=10 ?; hostNetwork:b=11 ?; hostPID:b=12 ?;
      hostIPC:b=13 ?; shareProcessNamespace:b=27 * ?; securityContext:PodSecurityContext=14 * ?;
      imagePullSecrets:[LocalObjectReference]=15 ? merge:name map:name; hostname:s=16 ?; subdomain:s=17 ?;
      affinity:Affinity=18 * ?; schedulerName:s=19 ?; tolerations:[Toleration]=22 ? atomic;
      hostAliases:[HostAlias]=23 ? merge:ip map:ip; priorityClassName:s=24 ?; priority:i=25 * ?;
      dnsConfig:PodDNSConfig=26 * ?; readinessGates:[PodReadinessGate]=28 ? atomic; runtimeClassName:s=29 * ?;
      enableServiceLinks:b=30 * ?; preemptionPolicy:s=31 * ?; overhead:{q}=32 ?;
      topologySpreadConstraints:[TopologySpreadConstraint]=33 ? merge:topologyKey map:topologyKey,whenUnsatisfiable;
      setHostnameAsFQDN:b=35 * ?; os:PodOS=36 * ?; hostUsers:b=37 * ?;
      schedulingGates:[PodSchedulingGate]=38 ? merge:name map:name;
      resourceClaims:[PodResourceClaim]=39 ? merge:name retain map:name;
      resources:ResourceRequirements=40 * ?; hostnameOverride:s=41 * ?;
      schedulingGroup:PodSchedulingGroup=43 * ?
    @Container
      name:s=1 !; image:s=2 ?; command:[s]=3 ? atomic; args:[s]=4 ? atomic; workingDir:s=5 ?;
      ports:[ContainerPort]=6 ? merge:containerPort map:containerPort,protocol;
      envFrom:[EnvFromSource]=19 ? atomic; env:[EnvVar]=7 ? merge:name map:name;
      resources:ResourceRequirements=8 ?; resizePolicy:[ContainerResizePolicy]=23 ? atomic;
      restartPolicy:s=24 * ?; restartPolicyRules:[ContainerRestartRule]=25 ? atomic;
      volumeMounts:[VolumeMount]=9 ? merge:mountPath map:mountPath;
      volumeDevices:[VolumeDevice]=21 ? merge:devicePath map:devicePath; livenessProbe:Probe=10 * ?;
      readinessProbe:Probe=11 * ?; startupProbe:Probe=22 * ?; lifecycle:Lifecycle=12 * ?;
      terminationMessagePath:s=13 ?; terminationMessagePolicy:s=20 ?; imagePullPolicy:s=14 ?;
      securityContext:SecurityContext=15 * ?; stdin:b=16 ?; stdinOnce:b=17 ?; tty:b=18 ?
    @EphemeralContainer
      _:EphemeralContainerCommon=1 inline; targetContainerName:s=2 ?
    @PodSecurityContext
      seLinuxOptions:SELinuxOptions=1 * ?; windowsOptions:WindowsSecurityContextOptions=8 * ?;
      runAsUser:l=2 * ?; runAsGroup:l=6 * ?; runAsNonRoot:b=3 * ?; supplementalGroups:[l]=4 ? atomic;
      supplementalGroupsPolicy:s=12 * ?; fsGroup:l=5 * ?; sysctls:[Sysctl]=7 ? atomic;
      fsGroupChangePolicy:s=9 * ?; seccompProfile:SeccompProfile=10 * ?;
      appArmorProfile:AppArmorProfile=11 * ?; seLinuxChangePolicy:s=13 * ?
    @Affinity
      nodeAffinity:NodeAffinity=1 * ?; podAffinity:PodAffinity=2 * ?; podAntiAffinity:PodAntiAffinity=3 * ?
    @Toleration
      key:s=1 ?; operator:s=2 ?; value:s=3 ?; effect:s=4 ?; tolerationSeconds:l=5 * ?
    @HostAlias
      ip:s=1 !; hostnames:[s]=2 ? atomic
    @PodDNSConfig
      nameservers:[s]=1 ? atomic; searches:[s]=2 ? atomic; options:[PodDNSConfigOption]=3 ? atomic
    @PodReadinessGate
      conditionType:s=1 !
    @TopologySpreadConstraint
      maxSkew:i=1 !; topologyKey:s=2 !; whenUnsatisfiable:s=3 !; labelSelector:meta.LabelSelector=4 * ?;
      minDomains:i=5 * ?; nodeAffinityPolicy:s=6 * ?; nodeTaintsPolicy:s=7 * ?; matchLabelKeys:[s]=8 ? atomic
    @PodOS
      name:s=1 !
    @PodSchedulingGate
      name:s=1 !
    @PodResourceClaim
      name:s=1 !; resourceClaimName:s=3 * ?; resourceClaimTemplateName:s=4 * ?
    @ResourceRequirements
      limits:{q}=1 ?; requests:{q}=2 ?; claims:[ResourceClaim]=3 ? map:name
    @PodSchedulingGroup
      podGroupName:s=1 * ?
    @ContainerPort
      name:s=1 ?; hostPort:i=2 ?; containerPort:i=3 !; protocol:s=4 ? default:"TCP"; hostIP:s=5 ?
    @EnvFromSource
      prefix:s=1 ?; configMapRef:ConfigMapEnvSource=2 * ?; secretRef:SecretEnvSource=3 * ?
    @EnvVar
      name:s=1 !; value:s=2 ?; valueFrom:EnvVarSource=3 * ?
    @ContainerResizePolicy
      resourceName:s=1 !; restartPolicy:s=2 !
    @ContainerRestartRule
      action:s=1 ?; exitCodes:ContainerRestartRuleOnExitCodes=2 * ?
    @VolumeMount
      name:s=1 !; readOnly:b=2 ?; recursiveReadOnly:s=7 * ?; mountPath:s=3 !; subPath:s=4 ?;
      mountPropagation:s=5 * ?; subPathExpr:s=6 ?
    @VolumeDevice
      name:s=1 !; devicePath:s=2 !
    @Probe
      _:ProbeHandler=1 inline; initialDelaySeconds:i=2 ?; timeoutSeconds:i=3 ?; periodSeconds:i=4 ?;
      successThreshold:i=5 ?; failureThreshold:i=6 ?; terminationGracePeriodSeconds:l=7 * ?
    @Lifecycle
      postStart:LifecycleHandler=1 * ?; preStop:LifecycleHandler=2 * ?; stopSignal:s=3 * ?
    @SecurityContext
      capabilities:Capabilities=1 * ?; privileged:b=2 * ?; seLinuxOptions:SELinuxOptions=3 * ?;
      windowsOptions:WindowsSecurityContextOptions=10 * ?; runAsUser:l=4 * ?; runAsGroup:l=8 * ?;
      runAsNonRoot:b=5 * ?; readOnlyRootFilesystem:b=6 * ?; allowPrivilegeEscalation:b=7 * ?;
      procMount:s=9 * ?; seccompProfile:SeccompProfile=11 * ?; appArmorProfile:AppArmorProfile=12 * ?
    @EphemeralContainerCommon
      name:s=1 !; image:s=2 ?; command:[s]=3 ? atomic; args:[s]=4 ? atomic; workingDir:s=5 ?;
      ports:[ContainerPort]=6 ? merge:containerPort map:containerPort,protocol;
      envFrom:[EnvFromSource]=19 ? atomic; env:[EnvVar]=7 ? merge:name map:name;
      resources:ResourceRequirements=8 ?; resizePolicy:[ContainerResizePolicy]=23 ? atomic;
      restartPolicy:s=24 * ?; restartPolicyRules:[ContainerRestartRule]=25 ? atomic;
      volumeMounts:[VolumeMount]=9 ? merge:mountPath map:mountPath;
      volumeDevices:[VolumeDevice]=21 ? merge:devicePath map:devicePath; livenessProbe:Probe=10 * ?;
      readinessProbe:Probe=11 * ?; startupProbe:Probe=22 * ?; lifecycle:Lifecycle=12 * ?;
      terminationMessagePath:s=13 ?; terminationMessagePolicy:s=20 ?; imagePullPolicy:s=14 ?;
      securityContext:SecurityContext=15 * ?; stdin:b=16 ?; stdinOnce:b=17 ?; tty:b=18 ?
    @SELinuxOptions
      user:s=1 ?; role:s=2 ?; type:s=3 ?; level:s=4 ?
    @WindowsSecurityContextOptions
      gmsaCredentialSpecName:s=1 * ?; gmsaCredentialSpec:s=2 * ?; runAsUserName:s=3 * ?; hostProcess:b=4 * ?
    @Sysctl
      name:s=1 !; value:s=2 !
    @SeccompProfile
      type:s=1 !; localhostProfile:s=2 * ?
    @AppArmorProfile
      type:s=1 !; localhostProfile:s=2 * ?
    @NodeAffinity
      requiredDuringSchedulingIgnoredDuringExecution:NodeSelector=1 * ?;
      preferredDuringSchedulingIgnoredDuringExecution:[PreferredSchedulingTerm]=2 ? atomic
    @PodAffinity
      requiredDuringSchedulingIgnoredDuringExecution:[PodAffinityTerm]=1 ? atomic;
      preferredDuringSchedulingIgnoredDuringExecution:[WeightedPodAffinityTerm]=2 ? atomic
    @PodAntiAffinity
      requiredDuringSchedulingIgnoredDuringExecution:[PodAffinityTerm]=1 ? atomic;
      preferredDuringSchedulingIgnoredDuringExecution:[WeightedPodAffinityTerm]=2 ? atomic
    @PodDNSConfigOption
      name:s=1 ?; value:s=2 * ?
    @ResourceClaim
      name:s=1 !; request:s=2 ?
    @ConfigMapEnvSource
      _:LocalObjectReference=1 inline; optional:b=2 * ?
    @SecretEnvSource
      _:LocalObjectReference=1 inline; optional:b=2 * ?
    @EnvVarSource
      fieldRef:ObjectFieldSelector=1 * ?; resourceFieldRef:ResourceFieldSelector=2 * ?;
      configMapKeyRef:ConfigMapKeySelector=3 * ?; secretKeyRef:SecretKeySelector=4 * ?;
      fileKeyRef:FileKeySelector=5 * ?
    @ContainerRestartRuleOnExitCodes
      operator:s=1 ?; values:[i]=2 ? set
    @ProbeHandler
      exec:ExecAction=1 * ?; httpGet:HTTPGetAction=2 * ?; tcpSocket:TCPSocketAction=3 * ?;
      grpc:GRPCAction=4 * ?
    @LifecycleHandler
      exec:ExecAction=1 * ?; httpGet:HTTPGetAction=2 * ?; tcpSocket:TCPSocketAction=3 * ?;
      sleep:SleepAction=4 * ?
    @Capabilities
      add:[s]=1 ? atomic; drop:[s]=2 ? atomic
    @NodeSelector atomic
      nodeSelectorTerms:[NodeSelectorTerm]=1 ! atomic
    @PreferredSchedulingTerm
      weight:i=1 !; preference:NodeSelectorTerm=2 !
    @PodAffinityTerm
      labelSelector:meta.LabelSelector=1 * ?; namespaces:[s]=2 ? atomic; topologyKey:s=3 !;
      namespaceSelector:meta.LabelSelector=4 * ?; matchLabelKeys:[s]=5 ? atomic;
      mismatchLabelKeys:[s]=6 ? atomic
    @WeightedPodAffinityTerm
      weight:i=1 !; podAffinityTerm:PodAffinityTerm=2 !
    @ConfigMapKeySelector atomic
      _:LocalObjectReference=1 inline; key:s=2 !; optional:b=3 * ?
    @SecretKeySelector atomic
      _:LocalObjectReference=1 inline; key:s=2 !; optional:b=3 * ?
    @FileKeySelector atomic
      volumeName:s=1 !; path:s=2 !; key:s=3 !; optional:b=4 * ? default:false
    @ExecAction
      command:[s]=1 ? atomic
    @HTTPGetAction
      path:s=1 ?; port:x=2 !; host:s=3 ?; scheme:s=4 ?; httpHeaders:[HTTPHeader]=5 ? atomic
    @TCPSocketAction
      port:x=1 !; host:s=2 ?
    @GRPCAction
      port:i=1 !; service:s=2 * default:""
    @SleepAction
      seconds:l=1 !
    @NodeSelectorTerm atomic
      matchExpressions:[NodeSelectorRequirement]=1 ? atomic; matchFields:[NodeSelectorRequirement]=2 ? atomic
    @HTTPHeader
      name:s=1 !; value:s=2 !
    @NodeSelectorRequirement
      key:s=1 !; operator:s=2 !; values:[s]=3 ? atomic
    """
}
