/// Types of networking, policy, discovery and coordination v1, in the notation of `APITypeNotation`.
enum NetworkTypes {
  static let text = """
    % networking io.k8s.api.networking.v1
    @Ingress
      metadata:meta.ObjectMeta=1 ?; spec:IngressSpec=2 ?; status:IngressStatus=3 ?
    @IngressSpec
      ingressClassName:s=4 * ?; defaultBackend:IngressBackend=1 * ?; tls:[IngressTLS]=2 ? atomic;
      rules:[IngressRule]=3 ? atomic
    @IngressBackend
      service:IngressServiceBackend=4 * ?; resource:core.TypedLocalObjectReference=3 * ?
    @IngressServiceBackend
      name:s=1 !; port:ServiceBackendPort=2 ?
    @ServiceBackendPort atomic
      name:s=1 ?; number:i=2 ?
    @IngressTLS
      hosts:[s]=1 ? atomic; secretName:s=2 ?
    @IngressRule
      host:s=1 ?; _:IngressRuleValue=2 inline
    @IngressRuleValue
      http:HTTPIngressRuleValue=1 * ?
    @HTTPIngressRuleValue
      paths:[HTTPIngressPath]=1 ! atomic
    @HTTPIngressPath
      path:s=1 ?; pathType:s=3 ! *; backend:IngressBackend=2 !
    @IngressStatus
      loadBalancer:IngressLoadBalancerStatus=1 ?
    @IngressLoadBalancerStatus
      ingress:[IngressLoadBalancerIngress]=1 ? atomic
    @IngressLoadBalancerIngress
      ip:s=1 ?; hostname:s=2 ?; ports:[IngressPortStatus]=4 ? atomic
    @IngressPortStatus
      port:i=1 !; protocol:s=2 !; error:s=3 * ?
    @NetworkPolicy
      metadata:meta.ObjectMeta=1 ?; spec:NetworkPolicySpec=2 ?
    @NetworkPolicySpec
      podSelector:meta.LabelSelector=1; ingress:[NetworkPolicyIngressRule]=2 ? atomic;
      egress:[NetworkPolicyEgressRule]=3 ? atomic; policyTypes:[s]=4 ? atomic
    @NetworkPolicyIngressRule
      ports:[NetworkPolicyPort]=1 ? atomic; from:[NetworkPolicyPeer]=2 ? atomic
    @NetworkPolicyPort
      protocol:s=1 * ?; port:x=2 * ?; endPort:i=3 * ?
    @NetworkPolicyPeer
      podSelector:meta.LabelSelector=1 * ?; namespaceSelector:meta.LabelSelector=2 * ?; ipBlock:IPBlock=3 * ?
    @IPBlock
      cidr:s=1 !; except:[s]=2 ? atomic
    @NetworkPolicyEgressRule
      ports:[NetworkPolicyPort]=1 ? atomic; to:[NetworkPolicyPeer]=2 ? atomic
    % policy io.k8s.api.policy.v1
    @PodDisruptionBudget
      metadata:meta.ObjectMeta=1 ?; spec:PodDisruptionBudgetSpec=2 ?; status:PodDisruptionBudgetStatus=3 ?
    @PodDisruptionBudgetSpec
      minAvailable:x=1 * ?; selector:meta.LabelSelector=2 * ? replace; maxUnavailable:x=3 * ?;
      unhealthyPodEvictionPolicy:s=4 * ?
    @PodDisruptionBudgetStatus
      observedGeneration:l=1 ?; disruptedPods:{t}=2 ?; disruptionsAllowed:i=3 !; currentHealthy:i=4 !;
      desiredHealthy:i=5 !; expectedPods:i=6 !; conditions:[meta.Condition]=7 ? merge:type map:type
    % discovery io.k8s.api.discovery.v1
    @EndpointSlice
      metadata:meta.ObjectMeta=1 ?; addressType:s=4 !; endpoints:[Endpoint]=2 atomic;
      ports:[EndpointPort]=3 atomic
    @Endpoint
      addresses:[s]=1 ! set; conditions:EndpointConditions=2 ?; hostname:s=3 * ?;
      targetRef:core.ObjectReference=4 * ?; deprecatedTopology:{s}=5 ?; nodeName:s=6 * ?; zone:s=7 * ?;
      hints:EndpointHints=8 * ?
    @EndpointConditions
      ready:b=1 * ?; serving:b=2 * ?; terminating:b=3 * ?
    @EndpointHints
      forZones:[ForZone]=1 ? atomic; forNodes:[ForNode]=2 ? atomic
    @ForZone
      name:s=1 !
    @ForNode
      name:s=1 !
    @EndpointPort atomic
      name:s=1 * ?; protocol:s=2 * ?; port:i=3 * ?; appProtocol:s=4 * ?
    % coordination io.k8s.api.coordination.v1
    @Lease
      metadata:meta.ObjectMeta=1 ?; spec:LeaseSpec=2 ?
    @LeaseSpec
      holderIdentity:s=1 * ?; leaseDurationSeconds:i=2 * ?; acquireTime:m=3 * ?; renewTime:m=4 * ?;
      leaseTransitions:i=5 * ?; strategy:s=6 * ?; preferredHolder:s=7 * ?
    """
}
