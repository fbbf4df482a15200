/// Types of core/v1 that make up a volume, in the notation of `APITypeNotation`.
enum VolumeTypes {
  static let text = """
    % core io.k8s.api.core.v1
    @Volume
      name:s=1 !; _:VolumeSource=2 inline
    @VolumeSource
      hostPath:HostPathVolumeSource=1 * ?; emptyDir:EmptyDirVolumeSource=2 * ?;
      gcePersistentDisk:GCEPersistentDiskVolumeSource=3 * ?;
      awsElasticBlockStore:AWSElasticBlockStoreVolumeSource=4 * ?; gitRepo:GitRepoVolumeSource=5 * ?;
      secret:SecretVolumeSource=6 * ?; nfs:NFSVolumeSource=7 * ?; iscsi:ISCSIVolumeSource=8 * ?;
      glusterfs:GlusterfsVolumeSource=9 * ?; persistentVolumeClaim:PersistentVolumeClaimVolumeSource=10 * ?;
      rbd:RBDVolumeSource=11 * ?; flexVolume:FlexVolumeSource=12 * ?; cinder:CinderVolumeSource=13 * ?;
      cephfs:CephFSVolumeSource=14 * ?; flocker:FlockerVolumeSource=15 * ?;
      downwardAPI:DownwardAPIVolumeSource=16 * ?; fc:FCVolumeSource=17 * ?;
      azureFile:AzureFileVolumeSource=18 * ?; configMap:ConfigMapVolumeSource=19 * ?;
      vsphereVolume:VsphereVirtualDiskVolumeSource=20 * ?; quobyte:QuobyteVolumeSource=21 * ?;
      azureDisk:AzureDiskVolumeSource=22 * ?; photonPersistentDisk:PhotonPersistentDiskVolumeSource=23 * ?;
      projected:ProjectedVolumeSource=26 * ?; portworxVolume:PortworxVolumeSource=24 * ?;
      scaleIO:ScaleIOVolumeSource=25 * ?; storageos:StorageOSVolumeSource=27 * ?; csi:CSIVolumeSource=28 * ?;
      ephemeral:EphemeralVolumeSource=29 * ?; image:ImageVolumeSource=30 * ?
    @HostPathVolumeSource
      path:s=1 !; type:s=2 * ?
    @EmptyDirVolumeSource
      medium:s=1 ?; sizeLimit:q=2 * ?
    @GCEPersistentDiskVolumeSource
      pdName:s=1 !; fsType:s=2 ?; partition:i=3 ?; readOnly:b=4 ?
    @AWSElasticBlockStoreVolumeSource
      volumeID:s=1 !; fsType:s=2 ?; partition:i=3 ?; readOnly:b=4 ?
    @GitRepoVolumeSource
      repository:s=1 !; revision:s=2 ?; directory:s=3 ?
    @SecretVolumeSource
      secretName:s=1 ?; items:[KeyToPath]=2 ? atomic; defaultMode:i=3 * ?; optional:b=4 * ?
    @NFSVolumeSource
      server:s=1 !; path:s=2 !; readOnly:b=3 ?
    @ISCSIVolumeSource
      targetPortal:s=1 !; iqn:s=2 !; lun:i=3 !; iscsiInterface:s=4 ? default:"default"; fsType:s=5 ?;
      readOnly:b=6 ?; portals:[s]=7 ? atomic; chapAuthDiscovery:b=8 ?; chapAuthSession:b=11 ?;
      secretRef:LocalObjectReference=10 * ?; initiatorName:s=12 * ?
    @GlusterfsVolumeSource
      endpoints:s=1 !; path:s=2 !; readOnly:b=3 ?
    @PersistentVolumeClaimVolumeSource
      claimName:s=1 !; readOnly:b=2 ?
    @RBDVolumeSource
      monitors:[s]=1 ! atomic; image:s=2 !; fsType:s=3 ?; pool:s=4 ? default:"rbd";
      user:s=5 ? default:"admin"; keyring:s=6 ? default:"/etc/ceph/keyring";
      secretRef:LocalObjectReference=7 * ?; readOnly:b=8 ?
    @FlexVolumeSource
      driver:s=1 !; fsType:s=2 ?; secretRef:LocalObjectReference=3 * ?; readOnly:b=4 ?; options:{s}=5 ?
    @CinderVolumeSource
      volumeID:s=1 !; fsType:s=2 ?; readOnly:b=3 ?; secretRef:LocalObjectReference=4 * ?
    @CephFSVolumeSource
      monitors:[s]=1 ! atomic; path:s=2 ?; user:s=3 ?; secretFile:s=4 ?; secretRef:LocalObjectReference=5 * ?;
      readOnly:b=6 ?
    @FlockerVolumeSource
      datasetName:s=1 ?; datasetUUID:s=2 ?
    @DownwardAPIVolumeSource
      items:[DownwardAPIVolumeFile]=1 ? atomic; defaultMode:i=2 * ?
    @FCVolumeSource
      targetWWNs:[s]=1 ? atomic; lun:i=2 * ?; fsType:s=3 ?; readOnly:b=4 ?; wwids:[s]=5 ? atomic
    @AzureFileVolumeSource
      secretName:s=1 !; shareName:s=2 !; readOnly:b=3 ?
    @ConfigMapVolumeSource
      _:LocalObjectReference=1 inline; items:[KeyToPath]=2 ? atomic; defaultMode:i=3 * ?; optional:b=4 * ?
    @VsphereVirtualDiskVolumeSource
      volumePath:s=1 !; fsType:s=2 ?; storagePolicyName:s=3 ?; storagePolicyID:s=4 ?
    @QuobyteVolumeSource
      registry:s=1 !; volume:s=2 !; readOnly:b=3 ?; user:s=4 ?; group:s=5 ?; tenant:s=6 ?
    @AzureDiskVolumeSource
      diskName:s=1 !; diskURI:s=2 !; cachingMode:s=3 * ?; fsType:s=4 * ? default:"ext4";
      readOnly:b=5 * ? default:false; kind:s=6 * ?
    @PhotonPersistentDiskVolumeSource
      pdID:s=1 !; fsType:s=2 ?
    @ProjectedVolumeSource
      sources:[VolumeProjection]=1 atomic; defaultMode:i=2 * ?
    @PortworxVolumeSource
      volumeID:s=1 !; fsType:s=2 ?; readOnly:b=3 ?
    @ScaleIOVolumeSource
      gateway:s=1 !; system:s=2 !; secretRef:LocalObjectReference=3 ! *; sslEnabled:b=4 ?;
      protectionDomain:s=5 ?; storagePool:s=6 ?; storageMode:s=7 ? default:"ThinProvisioned";
      volumeName:s=8 ?; fsType:s=9 ? default:"xfs"; readOnly:b=10 ?
    @StorageOSVolumeSource
      volumeName:s=1 ?; volumeNamespace:s=2 ?; fsType:s=3 ?; readOnly:b=4 ?;
      secretRef:LocalObjectReference=5 * ?
    @CSIVolumeSource
      driver:s=1 !; readOnly:b=2 * ?; fsType:s=3 * ?; volumeAttributes:{s}=4 ?;
      nodePublishSecretRef:LocalObjectReference=5 * ?
    @EphemeralVolumeSource
      volumeClaimTemplate:PersistentVolumeClaimTemplate=1 * ?
    @ImageVolumeSource
      reference:s=1 ?; pullPolicy:s=2 ?
    @KeyToPath
      key:s=1 !; path:s=2 !; mode:i=3 * ?
    @LocalObjectReference atomic
      name:s=1 ? default:""
    @DownwardAPIVolumeFile
      path:s=1 !; fieldRef:ObjectFieldSelector=2 * ?; resourceFieldRef:ResourceFieldSelector=3 * ?;
      mode:i=4 * ?
    @VolumeProjection
      secret:SecretProjection=1 * ?; downwardAPI:DownwardAPIProjection=2 * ?;
      configMap:ConfigMapProjection=3 * ?; serviceAccountToken:ServiceAccountTokenProjection=4 * ?;
      clusterTrustBundle:ClusterTrustBundleProjection=5 * ?; podCertificate:PodCertificateProjection=6 * ?
    @PersistentVolumeClaimTemplate
      metadata:meta.ObjectMeta=1 ?; spec:PersistentVolumeClaimSpec=2 !
    @ObjectFieldSelector atomic
      apiVersion:s=1 ?; fieldPath:s=2 !
    @ResourceFieldSelector atomic
      containerName:s=1 ?; resource:s=2 !; divisor:q=3 ?
    @SecretProjection
      _:LocalObjectReference=1 inline; items:[KeyToPath]=2 ? atomic; optional:b=4 * ?
    @DownwardAPIProjection
      items:[DownwardAPIVolumeFile]=1 ? atomic
    @ConfigMapProjection
      _:LocalObjectReference=1 inline; items:[KeyToPath]=2 ? atomic; optional:b=4 * ?
    @ServiceAccountTokenProjection
      audience:s=1 ?; expirationSeconds:l=2 * ?; path:s=3 !
    @ClusterTrustBundleProjection
      name:s=1 * ?; signerName:s=2 * ?; labelSelector:meta.LabelSelector=3 * ?; optional:b=5 * ?; path:s=4 !
    @PodCertificateProjection
      signerName:s=1 ?; keyType:s=2 ?; maxExpirationSeconds:i=3 * ?; credentialBundlePath:s=4 ?;
      keyPath:s=5 ?; certificateChainPath:s=6 ?; userAnnotations:{s}=7 ?
    @PersistentVolumeClaimSpec
      accessModes:[s]=1 ? atomic; selector:meta.LabelSelector=4 * ?; resources:VolumeResourceRequirements=2 ?;
      volumeName:s=3 ?; storageClassName:s=5 * ?; volumeMode:s=6 * ?;
      dataSource:TypedLocalObjectReference=7 * ?; dataSourceRef:TypedObjectReference=8 * ?;
      volumeAttributesClassName:s=9 * ?
    @VolumeResourceRequirements
      limits:{q}=1 ?; requests:{q}=2 ?
    @TypedLocalObjectReference atomic
      apiGroup:s=1 *; kind:s=2 !; name:s=3 !
    @TypedObjectReference
      apiGroup:s=1 *; kind:s=2 !; name:s=3 !; namespace:s=4 * ?
    """
}
