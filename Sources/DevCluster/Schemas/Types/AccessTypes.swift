/// Types of rbac, authentication and authorization v1, in the notation of `APITypeNotation`.
enum AccessTypes {
  static let text = """
    % rbac io.k8s.api.rbac.v1
    @Role
      metadata:meta.ObjectMeta=1 ?; rules:[PolicyRule]=2 atomic
    @PolicyRule
      verbs:[s]=1 ! atomic; apiGroups:[s]=2 ? atomic; resources:[s]=3 ? atomic; resourceNames:[s]=4 ? atomic;
      nonResourceURLs:[s]=5 ? atomic
    @RoleBinding
      metadata:meta.ObjectMeta=1 ?; subjects:[Subject]=2 ? atomic; roleRef:RoleRef=3 !
    @Subject atomic
      kind:s=1 !; apiGroup:s=2 ?; name:s=3 !; namespace:s=4 ?
    @RoleRef atomic
      apiGroup:s=1; kind:s=2 !; name:s=3 !
    @ClusterRole
      metadata:meta.ObjectMeta=1 ?; rules:[PolicyRule]=2 atomic; aggregationRule:AggregationRule=3 * ?
    @AggregationRule
      clusterRoleSelectors:[meta.LabelSelector]=1 ? atomic
    @ClusterRoleBinding
      metadata:meta.ObjectMeta=1 ?; subjects:[Subject]=2 ? atomic; roleRef:RoleRef=3 !
    % authentication io.k8s.api.authentication.v1
    @TokenRequest
      metadata:meta.ObjectMeta=1 ?; spec:TokenRequestSpec=2; status:TokenRequestStatus=3 ?
    @TokenRequestSpec
      audiences:[s]=1 atomic; expirationSeconds:l=4 *; boundObjectRef:BoundObjectReference=3 *
    @BoundObjectReference
      kind:s=1 ?; apiVersion:s=2 ?; name:s=3 ?; uid:s=4 ?
    @TokenRequestStatus
      token:s=1; expirationTimestamp:t=2
    @TokenReview
      metadata:meta.ObjectMeta=1 ?; spec:TokenReviewSpec=2 !; status:TokenReviewStatus=3 ?
    @TokenReviewSpec
      token:s=1 ?; audiences:[s]=2 ? atomic
    @TokenReviewStatus
      authenticated:b=1 ?; user:UserInfo=2 ?; audiences:[s]=4 ? atomic; error:s=3 ?
    @UserInfo
      username:s=1 ?; uid:s=2 ?; groups:[s]=3 ? atomic; extra:{e}=4 ?
    @SelfSubjectReview
      metadata:meta.ObjectMeta=1 ?; status:SelfSubjectReviewStatus=2 ?
    @SelfSubjectReviewStatus
      userInfo:UserInfo=1 ?
    % authorization io.k8s.api.authorization.v1
    @SubjectAccessReview
      metadata:meta.ObjectMeta=1 ?; spec:SubjectAccessReviewSpec=2 !; status:SubjectAccessReviewStatus=3 ?
    @SubjectAccessReviewSpec
      resourceAttributes:ResourceAttributes=1 * ?; nonResourceAttributes:NonResourceAttributes=2 * ?;
      user:s=3 ?; groups:[s]=4 ? atomic; extra:{e}=5 ?; uid:s=6 ?
    @ResourceAttributes
      namespace:s=1 ?; verb:s=2 ?; group:s=3 ?; version:s=4 ?; resource:s=5 ?; subresource:s=6 ?; name:s=7 ?;
      fieldSelector:FieldSelectorAttributes=8 * ?; labelSelector:LabelSelectorAttributes=9 * ?
    @FieldSelectorAttributes
      rawSelector:s=1 ?; requirements:[meta.FieldSelectorRequirement]=2 ? atomic
    @LabelSelectorAttributes
      rawSelector:s=1 ?; requirements:[meta.LabelSelectorRequirement]=2 ? atomic
    @NonResourceAttributes
      path:s=1 ?; verb:s=2 ?
    @SubjectAccessReviewStatus
      allowed:b=1 !; denied:b=4 ?; reason:s=2 ?; evaluationError:s=3 ?
    @LocalSubjectAccessReview
      metadata:meta.ObjectMeta=1 ?; spec:SubjectAccessReviewSpec=2 !; status:SubjectAccessReviewStatus=3 ?
    @SelfSubjectAccessReview
      metadata:meta.ObjectMeta=1 ?; spec:SelfSubjectAccessReviewSpec=2 !; status:SubjectAccessReviewStatus=3 ?
    @SelfSubjectAccessReviewSpec
      resourceAttributes:ResourceAttributes=1 * ?; nonResourceAttributes:NonResourceAttributes=2 * ?
    @SelfSubjectRulesReview
      metadata:meta.ObjectMeta=1 ?; spec:SelfSubjectRulesReviewSpec=2 !; status:SubjectRulesReviewStatus=3 ?
    @SelfSubjectRulesReviewSpec
      namespace:s=1 ?
    @SubjectRulesReviewStatus
      resourceRules:[ResourceRule]=1 ! atomic; nonResourceRules:[NonResourceRule]=2 ! atomic;
      incomplete:b=3 !; evaluationError:s=4 ?
    @ResourceRule
      verbs:[s]=1 ! atomic; apiGroups:[s]=2 ? atomic; resources:[s]=3 ? atomic; resourceNames:[s]=4 ? atomic
    @NonResourceRule
      verbs:[s]=1 ! atomic; nonResourceURLs:[s]=2 ? atomic
    """
}
