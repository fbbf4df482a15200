/// Types of apps/v1, batch/v1, autoscaling/v1 and policy/v1, in the notation of `APITypeNotation`.
enum WorkloadTypes {
  static let text = """
    % apps io.k8s.api.apps.v1
    @Deployment
      metadata:meta.ObjectMeta=1 ?; spec:DeploymentSpec=2 ?; status:DeploymentStatus=3 ?
    @DeploymentSpec
      replicas:i=1 * ?; selector:meta.LabelSelector=2 ! *; template:core.PodTemplateSpec=3 !;
      strategy:DeploymentStrategy=4 ? retain; minReadySeconds:i=5 ?; revisionHistoryLimit:i=6 * ?;
      paused:b=7 ?; progressDeadlineSeconds:i=9 * ?
    @DeploymentStrategy
      type:s=1 ?; rollingUpdate:RollingUpdateDeployment=2 * ?
    @RollingUpdateDeployment
      maxUnavailable:x=1 * ?; maxSurge:x=2 * ?
    @DeploymentStatus
      observedGeneration:l=1 ?; replicas:i=2 ?; updatedReplicas:i=3 ?; readyReplicas:i=7 ?;
      availableReplicas:i=4 ?; unavailableReplicas:i=5 ?; terminatingReplicas:i=9 * ?;
      conditions:[DeploymentCondition]=6 ? merge:type map:type; collisionCount:i=8 * ?
    @DeploymentCondition
      type:s=1 !; status:s=2 !; lastUpdateTime:t=6 ?; lastTransitionTime:t=7 ?; reason:s=4 ?; message:s=5 ?
    @ReplicaSet
      metadata:meta.ObjectMeta=1 ?; spec:ReplicaSetSpec=2 ?; status:ReplicaSetStatus=3 ?
    @ReplicaSetSpec
      replicas:i=1 * ?; minReadySeconds:i=4 ?; selector:meta.LabelSelector=2 ! *;
      template:core.PodTemplateSpec=3 ?
    @ReplicaSetStatus
      replicas:i=1 !; fullyLabeledReplicas:i=2 ?; readyReplicas:i=4 ?; availableReplicas:i=5 ?;
      terminatingReplicas:i=7 * ?; observedGeneration:l=3 ?;
      conditions:[ReplicaSetCondition]=6 ? merge:type map:type
    @ReplicaSetCondition
      type:s=1 !; status:s=2 !; lastTransitionTime:t=3 ?; reason:s=4 ?; message:s=5 ?
    @StatefulSet
      metadata:meta.ObjectMeta=1 ?; spec:StatefulSetSpec=2 ?; status:StatefulSetStatus=3 ?
    @StatefulSetSpec
      replicas:i=1 * ?; selector:meta.LabelSelector=2 ! *; template:core.PodTemplateSpec=3 !;
      volumeClaimTemplates:[core.PersistentVolumeClaim]=4 ? atomic; serviceName:s=5;
      podManagementPolicy:s=6 ?; updateStrategy:StatefulSetUpdateStrategy=7 ?; revisionHistoryLimit:i=8 * ?;
      minReadySeconds:i=9 ?;
      persistentVolumeClaimRetentionPolicy:StatefulSetPersistentVolumeClaimRetentionPolicy=10 * ?;
      ordinals:StatefulSetOrdinals=11 * ?
    @StatefulSetUpdateStrategy
      type:s=1 ?; rollingUpdate:RollingUpdateStatefulSetStrategy=2 * ?
    @RollingUpdateStatefulSetStrategy
      partition:i=1 * ?; maxUnavailable:x=2 * ?
    @StatefulSetPersistentVolumeClaimRetentionPolicy
      whenDeleted:s=1 ?; whenScaled:s=2 ?
    @StatefulSetOrdinals
      start:i=1
    @StatefulSetStatus
      observedGeneration:l=1 ?; replicas:i=2 !; readyReplicas:i=3 ?; currentReplicas:i=4 ?;
      updatedReplicas:i=5 ?; currentRevision:s=6 ?; updateRevision:s=7 ?; collisionCount:i=9 * ?;
      conditions:[StatefulSetCondition]=10 ? merge:type map:type; availableReplicas:i=11
    @StatefulSetCondition
      type:s=1 !; status:s=2 !; lastTransitionTime:t=3 ?; reason:s=4 ?; message:s=5 ?
    @DaemonSet
      metadata:meta.ObjectMeta=1 ?; spec:DaemonSetSpec=2 ?; status:DaemonSetStatus=3 ?
    @DaemonSetSpec
      selector:meta.LabelSelector=1 ! *; template:core.PodTemplateSpec=2 !;
      updateStrategy:DaemonSetUpdateStrategy=3 ?; minReadySeconds:i=4 ?; revisionHistoryLimit:i=6 * ?
    @DaemonSetUpdateStrategy
      type:s=1 ?; rollingUpdate:RollingUpdateDaemonSet=2 * ?
    @RollingUpdateDaemonSet
      maxUnavailable:x=1 * ?; maxSurge:x=2 * ?
    @DaemonSetStatus
      currentNumberScheduled:i=1 !; numberMisscheduled:i=2 !; desiredNumberScheduled:i=3 !; numberReady:i=4 !;
      observedGeneration:l=5 ?; updatedNumberScheduled:i=6 ?; numberAvailable:i=7 ?; numberUnavailable:i=8 ?;
      collisionCount:i=9 * ?; conditions:[DaemonSetCondition]=10 ? merge:type map:type
    @DaemonSetCondition
      type:s=1 !; status:s=2 !; lastTransitionTime:t=3 ?; reason:s=4 ?; message:s=5 ?
    @ControllerRevision
      metadata:meta.ObjectMeta=1 ?; data:r=2 ?; revision:l=3 !
    % batch io.k8s.api.batch.v1
    @Job
      metadata:meta.ObjectMeta=1 ?; spec:JobSpec=2 ?; status:JobStatus=3 ?
    @JobSpec
      parallelism:i=1 * ?; completions:i=2 * ?; activeDeadlineSeconds:l=3 * ?;
      podFailurePolicy:PodFailurePolicy=11 * ?; successPolicy:SuccessPolicy=16 * ?; backoffLimit:i=7 * ?;
      backoffLimitPerIndex:i=12 * ?; maxFailedIndexes:i=13 * ?; selector:meta.LabelSelector=4 * ?;
      manualSelector:b=5 * ?; template:core.PodTemplateSpec=6 !; ttlSecondsAfterFinished:i=8 * ?;
      completionMode:s=9 * ?; suspend:b=10 * ?; podReplacementPolicy:s=14 * ?; managedBy:s=15 * ?
    @PodFailurePolicy
      rules:[PodFailurePolicyRule]=1 ! atomic
    @PodFailurePolicyRule
      action:s=1 !; onExitCodes:PodFailurePolicyOnExitCodesRequirement=2 * ?;
      onPodConditions:[PodFailurePolicyOnPodConditionsPattern]=3 ? atomic
    @PodFailurePolicyOnExitCodesRequirement
      containerName:s=1 * ?; operator:s=2 !; values:[i]=3 ! set
    @PodFailurePolicyOnPodConditionsPattern
      type:s=1 !; status:s=2
    @SuccessPolicy
      rules:[SuccessPolicyRule]=1 ! atomic
    @SuccessPolicyRule
      succeededIndexes:s=1 * ?; succeededCount:i=2 * ?
    @JobStatus
      conditions:[JobCondition]=1 ? merge:type atomic; startTime:t=2 * ?; completionTime:t=3 * ?;
      active:i=4 ?; succeeded:i=5 ?; failed:i=6 ?; terminating:i=11 * ?; completedIndexes:s=7 ?;
      failedIndexes:s=10 * ?; uncountedTerminatedPods:UncountedTerminatedPods=8 * ?; ready:i=9 * ?
    @JobCondition
      type:s=1 !; status:s=2 !; lastProbeTime:t=3 ?; lastTransitionTime:t=4 ?; reason:s=5 ?; message:s=6 ?
    @UncountedTerminatedPods
      succeeded:[s]=1 ? set; failed:[s]=2 ? set
    @CronJob
      metadata:meta.ObjectMeta=1 ?; spec:CronJobSpec=2 ?; status:CronJobStatus=3 ?
    @CronJobSpec
      schedule:s=1 !; timeZone:s=8 * ?; startingDeadlineSeconds:l=2 * ?; concurrencyPolicy:s=3 ?;
      suspend:b=4 * ?; jobTemplate:JobTemplateSpec=5 !; successfulJobsHistoryLimit:i=6 * ?;
      failedJobsHistoryLimit:i=7 * ?
    @JobTemplateSpec
      metadata:meta.ObjectMeta=1 ?; spec:JobSpec=2 ?
    @CronJobStatus
      active:[core.ObjectReference]=1 ? atomic; lastScheduleTime:t=4 * ?; lastSuccessfulTime:t=5 * ?
    % autoscaling io.k8s.api.autoscaling.v1
    @Scale
      metadata:meta.ObjectMeta=1 ?; spec:ScaleSpec=2 ?; status:ScaleStatus=3 ?
    @ScaleSpec
      replicas:i=1 ? default:0
    @ScaleStatus
      replicas:i=1 !; selector:s=2 ?
    % policy io.k8s.api.policy.v1
    @PodDisruptionBudget
      metadata:meta.ObjectMeta=1 ?; spec:PodDisruptionBudgetSpec=2 ?; status:PodDisruptionBudgetStatus=3 ?
    @PodDisruptionBudgetSpec
      minAvailable:x=1 * ?; selector:meta.LabelSelector=2 * ? replace; maxUnavailable:x=3 * ?;
      unhealthyPodEvictionPolicy:s=4 * ?
    @PodDisruptionBudgetStatus
      observedGeneration:l=1 ?; disruptedPods:{t}=2 ?; disruptionsAllowed:i=3; currentHealthy:i=4;
      desiredHealthy:i=5; expectedPods:i=6; conditions:[meta.Condition]=7 ? merge:type map:type
    @Eviction
      metadata:meta.ObjectMeta=1 ?; deleteOptions:meta.DeleteOptions=2 * ?
    """
}
