/// Types of core/v1 beside those of pods and volumes, in the notation of `APITypeNotation`.
enum CoreTypes {
  static let text = """
    % core io.k8s.api.core.v1
    @ConfigMap
      metadata:meta.ObjectMeta=1 ?; immutable:b=4 * ?; data:{s}=2 ?; binaryData:{y}=3 ?
    @Secret
      metadata:meta.ObjectMeta=1 ?; immutable:b=5 * ?; data:{y}=2 ?; stringData:{s}=4 ?; type:s=3 ?
    @ServiceAccount
      metadata:meta.ObjectMeta=1 ?; secrets:[ObjectReference]=2 ? merge:name map:name;
      imagePullSecrets:[LocalObjectReference]=3 ? atomic; automountServiceAccountToken:b=4 * ?
    @ObjectReference atomic
      kind:s=1 ?; namespace:s=2 ?; name:s=3 ?; uid:s=4 ?; apiVersion:s=5 ?; resourceVersion:s=6 ?;
      fieldPath:s=7 ?
    @Service
      metadata:meta.ObjectMeta=1 ?; spec:ServiceSpec=2 ?; status:ServiceStatus=3 ?
    @ServiceSpec
      ports:[ServicePort]=1 ? merge:port map:port,protocol; selector:{s}=2 ? atomic; clusterIP:s=3 ?;
      clusterIPs:[s]=18 ? atomic; type:s=4 ?; externalIPs:[s]=5 ? atomic; sessionAffinity:s=7 ?;
      loadBalancerIP:s=8 ?; loadBalancerSourceRanges:[s]=9 ? atomic; externalName:s=10 ?;
      externalTrafficPolicy:s=11 ?; healthCheckNodePort:i=12 ?; publishNotReadyAddresses:b=13 ?;
      sessionAffinityConfig:SessionAffinityConfig=14 * ?; ipFamilies:[s]=19 ? atomic; ipFamilyPolicy:s=17 * ?;
      allocateLoadBalancerNodePorts:b=20 * ?; loadBalancerClass:s=21 * ?; internalTrafficPolicy:s=22 * ?;
      trafficDistribution:s=23 * ?
    @ServicePort
      name:s=1 ?; protocol:s=2 ? default:"TCP"; appProtocol:s=6 * ?; port:i=3 !; targetPort:x=4 ?;
      nodePort:i=5 ?
    @SessionAffinityConfig
      clientIP:ClientIPConfig=1 * ?
    @ClientIPConfig
      timeoutSeconds:i=1 * ?
    @ServiceStatus
      loadBalancer:LoadBalancerStatus=1 ?; conditions:[meta.Condition]=2 ? merge:type map:type
    @LoadBalancerStatus
      ingress:[LoadBalancerIngress]=1 ? atomic
    @LoadBalancerIngress
      ip:s=1 ?; hostname:s=2 ?; ipMode:s=3 * ?; ports:[PortStatus]=4 ? atomic
    @PortStatus
      port:i=1 !; protocol:s=2 !; error:s=3 * ?
    @Pod
      metadata:meta.ObjectMeta=1 ?; spec:PodSpec=2 ?; status:PodStatus=3 ?
    @PodStatus
      observedGeneration:l=17 ?; phase:s=1 ?; conditions:[PodCondition]=2 ? merge:type map:type;
      message:s=3 ?; reason:s=4 ?; nominatedNodeName:s=11 ?; hostIP:s=5 ?;
      hostIPs:[HostIP]=16 ? merge:ip atomic; podIP:s=6 ?; podIPs:[PodIP]=12 ? merge:ip map:ip;
      startTime:t=7 * ?; initContainerStatuses:[ContainerStatus]=10 ? atomic;
      containerStatuses:[ContainerStatus]=8 ? atomic; qosClass:s=9 ?;
      ephemeralContainerStatuses:[ContainerStatus]=13 ? atomic; resize:s=14 ?;
      resourceClaimStatuses:[PodResourceClaimStatus]=15 ? merge:name retain map:name;
      extendedResourceClaimStatus:PodExtendedResourceClaimStatus=18 * ?; allocatedResources:{q}=19 ?;
      resources:ResourceRequirements=20 * ?;
      nodeAllocatableResourceClaimStatuses:[NodeAllocatableResourceClaimStatus]=21 ? atomic
    @PodCondition
      type:s=1 !; observedGeneration:l=7 ?; status:s=2 !; lastProbeTime:t=3 ?; lastTransitionTime:t=4 ?;
      reason:s=5 ?; message:s=6 ?
    @HostIP
      ip:s=1 !
    @PodIP
      ip:s=1 !
    @ContainerStatus
      name:s=1 !; state:ContainerState=2 ?; lastState:ContainerState=3 ?; ready:b=4 !; restartCount:i=5 !;
      image:s=6 !; imageID:s=7 !; containerID:s=8 ?; started:b=9 * ?; allocatedResources:{q}=10 ?;
      resources:ResourceRequirements=11 * ?;
      volumeMounts:[VolumeMountStatus]=12 ? merge:mountPath map:mountPath; user:ContainerUser=13 * ?;
      allocatedResourcesStatus:[ResourceStatus]=14 ? merge:name map:name; stopSignal:s=15 * ?
    @ContainerState
      waiting:ContainerStateWaiting=1 * ?; running:ContainerStateRunning=2 * ?;
      terminated:ContainerStateTerminated=3 * ?
    @ContainerStateWaiting
      reason:s=1 ?; message:s=2 ?
    @ContainerStateRunning
      startedAt:t=1 ?
    @ContainerStateTerminated
      exitCode:i=1 !; signal:i=2 ?; reason:s=3 ?; message:s=4 ?; startedAt:t=5 ?; finishedAt:t=6 ?;
      containerID:s=7 ?
    @VolumeMountStatus
      name:s=1 !; mountPath:s=2 !; readOnly:b=3 ?; recursiveReadOnly:s=4 * ?; volumeStatus:VolumeStatus=5 * ?
    @VolumeStatus
      image:ImageVolumeStatus=1 * ?
    @ImageVolumeStatus
      imageRef:s=1 ?
    @ContainerUser
      linux:LinuxContainerUser=1 * ?
    @LinuxContainerUser
      uid:l=1 !; gid:l=2 !; supplementalGroups:[l]=3 ? atomic
    @ResourceStatus
      name:s=1 !; resources:[ResourceHealth]=2 ? map:resourceID
    @ResourceHealth
      resourceID:s=1 !; health:s=2 ?; message:s=6 * ?
    @PodResourceClaimStatus
      name:s=1 !; resourceClaimName:s=2 * ?
    @PodExtendedResourceClaimStatus
      requestMappings:[ContainerExtendedResourceRequest]=1 ! atomic; resourceClaimName:s=2 !
    @ContainerExtendedResourceRequest
      containerName:s=1 !; resourceName:s=2 !; requestName:s=3 !
    @NodeAllocatableResourceClaimStatus
      resourceClaimName:s=1 !; containers:[s]=2 ? set; resources:{q}=3 !
    @Event
      metadata:meta.ObjectMeta=1 !; involvedObject:ObjectReference=2 !; reason:s=3 ?; message:s=4 ?;
      source:EventSource=5 ?; firstTimestamp:t=6 ?; lastTimestamp:t=7 ?; count:i=8 ?; type:s=9 ?;
      eventTime:m=10 ?; series:EventSeries=11 * ?; action:s=12 ?; related:ObjectReference=13 * ?;
      reportingComponent:s=14; reportingInstance:s=15
    @EventSource
      component:s=1 ?; host:s=2 ?
    @EventSeries
      count:i=1 ?; lastObservedTime:m=2 ?
    @Namespace
      metadata:meta.ObjectMeta=1 ?; spec:NamespaceSpec=2 ?; status:NamespaceStatus=3 ?
    @NamespaceSpec
      finalizers:[s]=1 ? atomic
    @NamespaceStatus
      phase:s=1 ?; conditions:[NamespaceCondition]=2 ? merge:type map:type
    @NamespaceCondition
      type:s=1 !; status:s=2 !; lastTransitionTime:t=4 ?; reason:s=5 ?; message:s=6 ?
    @Endpoints
      metadata:meta.ObjectMeta=1 ?; subsets:[EndpointSubset]=2 ? atomic
    @EndpointSubset
      addresses:[EndpointAddress]=1 ? atomic; notReadyAddresses:[EndpointAddress]=2 ? atomic;
      ports:[EndpointPort]=3 ? atomic
    @EndpointAddress atomic
      ip:s=1 !; hostname:s=3 ?; nodeName:s=4 * ?; targetRef:ObjectReference=2 * ?
    @EndpointPort atomic
      name:s=1 ?; port:i=2 !; protocol:s=3 ?; appProtocol:s=4 * ?
    @PersistentVolumeClaim
      metadata:meta.ObjectMeta=1 ?; spec:PersistentVolumeClaimSpec=2 ?; status:PersistentVolumeClaimStatus=3 ?
    @PersistentVolumeClaimStatus
      phase:s=1 ?; accessModes:[s]=2 ? atomic; capacity:{q}=3 ?;
      conditions:[PersistentVolumeClaimCondition]=4 ? merge:type map:type; allocatedResources:{q}=5 ?;
      allocatedResourceStatuses:{s}=7 ?; currentVolumeAttributesClassName:s=8 * ?;
      modifyVolumeStatus:ModifyVolumeStatus=9 * ?
    @PersistentVolumeClaimCondition
      type:s=1 !; status:s=2 !; lastProbeTime:t=3 ?; lastTransitionTime:t=4 ?; reason:s=5 ?; message:s=6 ?
    @ModifyVolumeStatus
      targetVolumeAttributesClassName:s=1 ?; status:s=2 !
    @Node
      metadata:meta.ObjectMeta=1 ?; spec:NodeSpec=2 ?; status:NodeStatus=3 ?
    @NodeSpec
      podCIDR:s=1 ?; podCIDRs:[s]=7 ? merge set; providerID:s=3 ?; unschedulable:b=4 ?;
      taints:[Taint]=5 ? atomic; configSource:NodeConfigSource=6 * ?; externalID:s=2 ?
    @Taint
      key:s=1 !; value:s=2 ?; effect:s=3 !; timeAdded:t=4 * ?
    @NodeConfigSource
      configMap:ConfigMapNodeConfigSource=2 * ?
    @ConfigMapNodeConfigSource
      namespace:s=1 !; name:s=2 !; uid:s=3 ?; resourceVersion:s=4 ?; kubeletConfigKey:s=5 !
    @NodeStatus
      capacity:{q}=1 ?; allocatable:{q}=2 ?; phase:s=3 ?; conditions:[NodeCondition]=4 ? merge:type map:type;
      addresses:[NodeAddress]=5 ? merge:type map:type; daemonEndpoints:NodeDaemonEndpoints=6 ?;
      nodeInfo:NodeSystemInfo=7 ?; images:[ContainerImage]=8 ? atomic; volumesInUse:[s]=9 ? atomic;
      volumesAttached:[AttachedVolume]=10 ? atomic; config:NodeConfigStatus=11 * ?;
      runtimeHandlers:[NodeRuntimeHandler]=12 ? atomic; features:NodeFeatures=13 * ?;
      declaredFeatures:[s]=14 ? atomic
    @NodeCondition
      type:s=1 !; status:s=2 !; lastHeartbeatTime:t=3 ?; lastTransitionTime:t=4 ?; reason:s=5 ?; message:s=6 ?
    @NodeAddress
      type:s=1 !; address:s=2 !
    @NodeDaemonEndpoints
      kubeletEndpoint:DaemonEndpoint=1 ?
    @DaemonEndpoint
      Port:i=1 !
    @NodeSystemInfo
      machineID:s=1 !; systemUUID:s=2 !; bootID:s=3 !; kernelVersion:s=4 !; osImage:s=5 !;
      containerRuntimeVersion:s=6 !; kubeletVersion:s=7 !; kubeProxyVersion:s=8 !; operatingSystem:s=9 !;
      architecture:s=10 !; swap:NodeSwapStatus=11 * ?
    @NodeSwapStatus
      capacity:l=1 * ?
    @ContainerImage
      names:[s]=1 atomic; sizeBytes:l=2 ?
    @AttachedVolume
      name:s=1 !; devicePath:s=2 !
    @NodeConfigStatus
      assigned:NodeConfigSource=1 * ?; active:NodeConfigSource=2 * ?; lastKnownGood:NodeConfigSource=3 * ?;
      error:s=4 ?
    @NodeRuntimeHandler
      name:s=1; features:NodeRuntimeHandlerFeatures=2 * ?
    @NodeRuntimeHandlerFeatures
      recursiveReadOnlyMounts:b=1 * ?; userNamespaces:b=2 * ?
    @NodeFeatures
      supplementalGroupsPolicy:b=1 * ?
    """
}
