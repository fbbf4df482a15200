/// Types of meta/v1 and apiextensions/v1, in the notation of `APITypeNotation`.
enum MetaTypes {
  static let text = """
    % meta io.k8s.apimachinery.pkg.apis.meta.v1
    @ObjectMeta
      name:s=1 ?; generateName:s=2 ?; namespace:s=3 ?; selfLink:s=4 ?; uid:s=5 ?; resourceVersion:s=6 ?;
      generation:l=7 ?; creationTimestamp:t=8 ?; deletionTimestamp:t=9 * ?;
      deletionGracePeriodSeconds:l=10 * ?; labels:{s}=11 ?; annotations:{s}=12 ?;
      ownerReferences:[OwnerReference]=13 ? merge:uid map:uid; finalizers:[s]=14 ? merge set;
      managedFields:[ManagedFieldsEntry]=17 ? atomic
    @OwnerReference atomic
      apiVersion:s=5 !; kind:s=1 !; name:s=3 !; uid:s=4 !; controller:b=6 * ?; blockOwnerDeletion:b=7 * ?
    @ManagedFieldsEntry
      manager:s=1 ?; operation:s=2 ?; apiVersion:s=3 ?; time:t=4 * ?; fieldsType:s=6 ?; fieldsV1:r=7 * ?;
      subresource:s=8 ?
    @Condition
      type:s=1 !; status:s=2 !; observedGeneration:l=3 ?; lastTransitionTime:t=4 !; reason:s=5 !;
      message:s=6 !
    @LabelSelector atomic
      matchLabels:{s}=1 ?; matchExpressions:[LabelSelectorRequirement]=2 ? atomic
    @LabelSelectorRequirement
      key:s=1 !; operator:s=2 !; values:[s]=3 ? atomic
    @FieldSelectorRequirement
      key:s=1 !; operator:s=2 !; values:[s]=3 ? atomic
    @DeleteOptions
      gracePeriodSeconds:l=1 * ?; preconditions:Preconditions=2 * ?; orphanDependents:b=3 * ?;
      propagationPolicy:s=4 * ?; dryRun:[s]=5 ? atomic;
      ignoreStoreReadErrorWithClusterBreakingPotential:b=6 * ?
    @Preconditions
      uid:s=1 * ?; resourceVersion:s=2 * ?
    @Status
      metadata:ListMeta=1 ?; status:s=2 ?; message:s=3 ?; reason:s=4 ?; details:StatusDetails=5 * ?;
      code:i=6 ?
    @ListMeta
      selfLink:s=1 ?; resourceVersion:s=2 ?; continue:s=3 ?; remainingItemCount:l=4 * ?;
      shardInfo:ShardInfo=5 * ?
    @ShardInfo
      selector:s=1 !
    @StatusDetails
      name:s=1 ?; group:s=2 ?; kind:s=3 ?; uid:s=6 ?; causes:[StatusCause]=4 ? atomic; retryAfterSeconds:i=5 ?
    @StatusCause
      reason:s=1 ?; message:s=2 ?; field:s=3 ?
    % apiextensions io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1
    @CustomResourceDefinition
      metadata:meta.ObjectMeta=1 ?; spec:CustomResourceDefinitionSpec=2 !;
      status:CustomResourceDefinitionStatus=3 ?
    @CustomResourceDefinitionSpec
      group:s=1 !; names:CustomResourceDefinitionNames=3 !; scope:s=4 !;
      versions:[CustomResourceDefinitionVersion]=7 ! atomic; conversion:CustomResourceConversion=9 * ?;
      preserveUnknownFields:b=10 ?
    @CustomResourceDefinitionNames
      plural:s=1 !; singular:s=2 ?; shortNames:[s]=3 ? atomic; kind:s=4 !; listKind:s=5 ?;
      categories:[s]=6 ? atomic
    @CustomResourceDefinitionVersion
      name:s=1 !; served:b=2 !; storage:b=3 !; deprecated:b=7 ?; deprecationWarning:s=8 * ?;
      schema:CustomResourceValidation=4 * ?; subresources:CustomResourceSubresources=5 * ?;
      additionalPrinterColumns:[CustomResourceColumnDefinition]=6 ? atomic;
      selectableFields:[SelectableField]=9 ? atomic
    @CustomResourceValidation
      openAPIV3Schema:JSONSchemaProps=1 * ?
    @JSONSchemaProps
      id:s=1 ?; $schema:s=2 ?; $ref:s=3 * ?; description:s=4 ?; type:s=5 ?; format:s=6 ?; title:s=7 ?;
      default:r=8 * ?; maximum:d=9 * ?; exclusiveMaximum:b=10 ?; minimum:d=11 * ?; exclusiveMinimum:b=12 ?;
      maxLength:l=13 * ?; minLength:l=14 * ?; pattern:s=15 ?; maxItems:l=16 * ?; minItems:l=17 * ?;
      uniqueItems:b=18 ?; multipleOf:d=19 * ?; enum:[r]=20 ? atomic; maxProperties:l=21 * ?;
      minProperties:l=22 * ?; required:[s]=23 ? atomic; items:r=24 * ?; allOf:[JSONSchemaProps]=25 ? atomic;
      oneOf:[JSONSchemaProps]=26 ? atomic; anyOf:[JSONSchemaProps]=27 ? atomic; not:JSONSchemaProps=28 * ?;
      properties:{JSONSchemaProps}=29 ?; additionalProperties:r=30 * ?;
      patternProperties:{JSONSchemaProps}=31 ?; dependencies:{r}=32 ?; additionalItems:r=33 * ?;
      definitions:{JSONSchemaProps}=34 ?; externalDocs:ExternalDocumentation=35 * ?; example:r=36 * ?;
      nullable:b=37 ?; x-kubernetes-preserve-unknown-fields:b=38 * ?; x-kubernetes-embedded-resource:b=39 ?;
      x-kubernetes-int-or-string:b=40 ?; x-kubernetes-list-map-keys:[s]=41 ? atomic;
      x-kubernetes-list-type:s=42 * ?; x-kubernetes-map-type:s=43 * ?;
      x-kubernetes-validations:[ValidationRule]=44 ? merge:rule map:rule
    @ExternalDocumentation
      description:s=1 ?; url:s=2 ?
    @ValidationRule
      rule:s=1 !; message:s=2 ?; messageExpression:s=3 ?; reason:s=4 * ?; fieldPath:s=5 ?;
      optionalOldSelf:b=6 * ?
    @CustomResourceSubresources
      status:r=1 * ?; scale:CustomResourceSubresourceScale=2 * ?
    @CustomResourceSubresourceScale
      specReplicasPath:s=1 !; statusReplicasPath:s=2 !; labelSelectorPath:s=3 * ?
    @CustomResourceColumnDefinition
      name:s=1 !; type:s=2 !; format:s=3 ?; description:s=4 ?; priority:i=5 ?; jsonPath:s=6 !
    @SelectableField
      jsonPath:s=1 !
    @CustomResourceConversion
      strategy:s=1 !; webhook:WebhookConversion=2 * ?
    @WebhookConversion
      clientConfig:WebhookClientConfig=2 * ?; conversionReviewVersions:[s]=3 ! atomic
    @WebhookClientConfig
      url:s=3 * ?; service:ServiceReference=1 * ?; caBundle:y=2 ?
    @ServiceReference
      namespace:s=1 !; name:s=2 !; path:s=3 * ?; port:i=4 * ?
    @CustomResourceDefinitionStatus
      conditions:[CustomResourceDefinitionCondition]=1 map:type;
      acceptedNames:CustomResourceDefinitionNames=2; storedVersions:[s]=3 atomic; observedGeneration:l=4 ?
    @CustomResourceDefinitionCondition
      type:s=1 !; status:s=2 !; lastTransitionTime:t=3 ?; reason:s=4 ?; message:s=5 ?;
      observedGeneration:l=6 ?
    """
}
