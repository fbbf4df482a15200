extension SubscriptionCRD {
  /// The definition as JSON, member for member what `deploy/hub/crd.yaml` says: change both together.
  static let text = #"""
    {
      "apiVersion": "apiextensions.k8s.io/v1",
      "kind": "CustomResourceDefinition",
      "metadata": {
        "name": "operatorsubscriptions.frugalhub.dev",
        "labels": {
          "app.kubernetes.io/name": "frugalhub",
          "app.kubernetes.io/part-of": "frugalhub"
        }
      },
      "spec": {
        "group": "frugalhub.dev",
        "scope": "Namespaced",
        "names": {
          "kind": "OperatorSubscription",
          "listKind": "OperatorSubscriptionList",
          "plural": "operatorsubscriptions",
          "singular": "operatorsubscription",
          "shortNames": [
            "opsub"
          ],
          "categories": [
            "frugalhub",
            "all"
          ]
        },
        "versions": [
          {
            "name": "v1alpha1",
            "served": true,
            "storage": true,
            "subresources": {
              "status": {}
            },
            "additionalPrinterColumns": [
              {
                "name": "Ready",
                "type": "string",
                "jsonPath": ".status.conditions[?(@.type==\"Ready\")].status"
              },
              {
                "name": "Reason",
                "type": "string",
                "jsonPath": ".status.conditions[?(@.type==\"Ready\")].reason"
              },
              {
                "name": "Sink",
                "type": "string",
                "jsonPath": ".status.sinkUri"
              },
              {
                "name": "Age",
                "type": "date",
                "jsonPath": ".metadata.creationTimestamp"
              }
            ],
            "schema": {
              "openAPIV3Schema": {
                "type": "object",
                "description": "What an operator wants to hear of, and where its reconciler is reached.",
                "required": [
                  "spec"
                ],
                "properties": {
                  "apiVersion": {
                    "type": "string"
                  },
                  "kind": {
                    "type": "string"
                  },
                  "metadata": {
                    "type": "object"
                  },
                  "spec": {
                    "type": "object",
                    "x-kubernetes-validations": [
                      {
                        "rule": "has(self.sink) || has(self.wake) && self.wake",
                        "message": "sink is required, unless wake is true"
                      },
                      {
                        "rule": "!has(self.wake) || !self.wake || has(self.scaleTarget)",
                        "message": "wake needs a scaleTarget"
                      }
                    ],
                    "required": [
                      "resources"
                    ],
                    "properties": {
                      "serviceAccountName": {
                        "type": "string",
                        "description": "Whose rights decide what may be watched.",
                        "default": "default",
                        "maxLength": 253
                      },
                      "resources": {
                        "type": "array",
                        "minItems": 1,
                        "maxItems": 64,
                        "description": "What to follow.",
                        "items": {
                          "type": "object",
                          "required": [
                            "apiVersion",
                            "kind"
                          ],
                          "properties": {
                            "apiVersion": {
                              "type": "string",
                              "description": "Group and version, as apps/v1, or v1 for core kinds.",
                              "minLength": 1,
                              "maxLength": 317
                            },
                            "kind": {
                              "type": "string",
                              "description": "The kind, in the singular, as Deployment. It may be served later.",
                              "minLength": 1,
                              "maxLength": 63
                            },
                            "selector": {
                              "type": "object",
                              "description": "Labels that an object must have; absent means everything.",
                              "properties": {
                                "matchLabels": {
                                  "type": "object",
                                  "additionalProperties": {
                                    "type": "string"
                                  },
                                  "maxProperties": 64
                                },
                                "matchExpressions": {
                                  "type": "array",
                                  "items": {
                                    "type": "object",
                                    "x-kubernetes-validations": [
                                      {
                                        "rule": "self.operator in ['In', 'NotIn'] ? has(self.values) && size(self.values) > 0 : !has(self.values) || size(self.values) == 0",
                                        "message": "In and NotIn need values, Exists and DoesNotExist have none"
                                      }
                                    ],
                                    "required": [
                                      "key",
                                      "operator"
                                    ],
                                    "properties": {
                                      "key": {
                                        "type": "string"
                                      },
                                      "operator": {
                                        "type": "string",
                                        "enum": [
                                          "In",
                                          "NotIn",
                                          "Exists",
                                          "DoesNotExist"
                                        ]
                                      },
                                      "values": {
                                        "type": "array",
                                        "items": {
                                          "type": "string"
                                        },
                                        "maxItems": 256
                                      }
                                    }
                                  },
                                  "maxItems": 64
                                }
                              }
                            },
                            "fieldSelector": {
                              "type": "string",
                              "description": "As kubectl --field-selector.",
                              "maxLength": 1024
                            },
                            "names": {
                              "type": "array",
                              "description": "Names that an object may have; absent means all.",
                              "items": {
                                "type": "string",
                                "minLength": 1,
                                "maxLength": 253
                              },
                              "minItems": 1,
                              "maxItems": 1024
                            },
                            "operations": {
                              "type": "array",
                              "description": "Which events count; absent means all three.",
                              "items": {
                                "type": "string",
                                "enum": [
                                  "Add",
                                  "Update",
                                  "Delete"
                                ]
                              },
                              "minItems": 1,
                              "maxItems": 3
                            },
                            "changes": {
                              "type": "array",
                              "description": "An Update counts only if a value at one of these paths changed.",
                              "items": {
                                "type": "string",
                                "minLength": 1,
                                "maxLength": 512
                              },
                              "minItems": 1,
                              "maxItems": 32
                            },
                            "ignoreManagers": {
                              "type": "array",
                              "description": "An Update made only by these field managers does not count.",
                              "items": {
                                "type": "string",
                                "minLength": 1,
                                "maxLength": 128
                              },
                              "minItems": 1,
                              "maxItems": 32
                            },
                            "controller": {
                              "type": "boolean",
                              "description": "Deliver a reference to the object's controlling owner, not the object.",
                              "default": false
                            },
                            "owner": {
                              "type": "object",
                              "description": "Only objects whose controller is of this group and kind.",
                              "required": [
                                "apiVersion",
                                "kind"
                              ],
                              "properties": {
                                "apiVersion": {
                                  "type": "string",
                                  "description": "Group and version; the version is ignored.",
                                  "minLength": 1,
                                  "maxLength": 317
                                },
                                "kind": {
                                  "type": "string",
                                  "minLength": 1,
                                  "maxLength": 63
                                }
                              }
                            }
                          }
                        }
                      },
                      "owner": {
                        "type": "object",
                        "description": "The owner of each resource that has none of its own.",
                        "required": [
                          "apiVersion",
                          "kind"
                        ],
                        "properties": {
                          "apiVersion": {
                            "type": "string",
                            "description": "Group and version; the version is ignored.",
                            "minLength": 1,
                            "maxLength": 317
                          },
                          "kind": {
                            "type": "string",
                            "minLength": 1,
                            "maxLength": 63
                          }
                        }
                      },
                      "namespaceSelector": {
                        "type": "object",
                        "description": "Absent means the own namespace, {} all of them; else labels of namespaces.",
                        "properties": {
                          "matchLabels": {
                            "type": "object",
                            "additionalProperties": {
                              "type": "string"
                            },
                            "maxProperties": 64
                          },
                          "matchExpressions": {
                            "type": "array",
                            "items": {
                              "type": "object",
                              "x-kubernetes-validations": [
                                {
                                  "rule": "self.operator in ['In', 'NotIn'] ? has(self.values) && size(self.values) > 0 : !has(self.values) || size(self.values) == 0",
                                  "message": "In and NotIn need values, Exists and DoesNotExist have none"
                                }
                              ],
                              "required": [
                                "key",
                                "operator"
                              ],
                              "properties": {
                                "key": {
                                  "type": "string"
                                },
                                "operator": {
                                  "type": "string",
                                  "enum": [
                                    "In",
                                    "NotIn",
                                    "Exists",
                                    "DoesNotExist"
                                  ]
                                },
                                "values": {
                                  "type": "array",
                                  "items": {
                                    "type": "string"
                                  },
                                  "maxItems": 256
                                }
                              }
                            },
                            "maxItems": 64
                          }
                        }
                      },
                      "mode": {
                        "type": "string",
                        "description": "What the body of an event is.",
                        "enum": [
                          "Reference",
                          "Resource"
                        ],
                        "default": "Reference"
                      },
                      "initial": {
                        "type": "boolean",
                        "description": "Send an add for every matching object at the start.",
                        "default": true
                      },
                      "filters": {
                        "type": "array",
                        "description": "What an event's attributes must be for it to be sent: CloudEvents Subscriptions API dialects. All must pass.",
                        "maxItems": 64,
                        "items": {
                          "type": "object",
                          "minProperties": 1,
                          "maxProperties": 1,
                          "properties": {
                            "exact": {
                              "type": "object",
                              "description": "Each attribute is exactly this text.",
                              "minProperties": 1,
                              "maxProperties": 32,
                              "additionalProperties": {
                                "type": "string",
                                "minLength": 1,
                                "maxLength": 1024
                              }
                            },
                            "prefix": {
                              "type": "object",
                              "description": "Each attribute begins with this text.",
                              "minProperties": 1,
                              "maxProperties": 32,
                              "additionalProperties": {
                                "type": "string",
                                "minLength": 1,
                                "maxLength": 1024
                              }
                            },
                            "suffix": {
                              "type": "object",
                              "description": "Each attribute ends with this text.",
                              "minProperties": 1,
                              "maxProperties": 32,
                              "additionalProperties": {
                                "type": "string",
                                "minLength": 1,
                                "maxLength": 1024
                              }
                            },
                            "all": {
                              "type": "array",
                              "description": "All of these filters pass; at most 8 levels.",
                              "minItems": 1,
                              "maxItems": 64,
                              "items": {
                                "type": "object",
                                "x-kubernetes-preserve-unknown-fields": true
                              }
                            },
                            "any": {
                              "type": "array",
                              "description": "One of these filters passes; at most 8 levels.",
                              "minItems": 1,
                              "maxItems": 64,
                              "items": {
                                "type": "object",
                                "x-kubernetes-preserve-unknown-fields": true
                              }
                            },
                            "not": {
                              "type": "object",
                              "description": "This filter does not pass.",
                              "x-kubernetes-preserve-unknown-fields": true
                            },
                            "cesql": {
                              "type": "string",
                              "description": "An expression of CloudEvents SQL 1.0 that is true.",
                              "minLength": 1,
                              "maxLength": 4096
                            },
                            "sql": {
                              "type": "string",
                              "description": "Another name of cesql.",
                              "minLength": 1,
                              "maxLength": 4096
                            }
                          }
                        }
                      },
                      "resync": {
                        "type": "object",
                        "description": "Send every matching key again from time to time; absent means never.",
                        "properties": {
                          "period": {
                            "type": "string",
                            "description": "How often, as PT10M or 10m.",
                            "maxLength": 64
                          },
                          "spread": {
                            "type": "boolean",
                            "description": "Spread the keys over the period instead of one batch."
                          }
                        }
                      },
                      "sink": {
                        "type": "object",
                        "description": "Where events go. A uri beside a ref is relative to it.",
                        "x-kubernetes-validations": [
                          {
                            "rule": "has(self.ref) || has(self.uri)",
                            "message": "give ref, uri or both"
                          }
                        ],
                        "properties": {
                          "ref": {
                            "type": "object",
                            "description": "A Service, a Knative Service, or any Addressable.",
                            "required": [
                              "kind",
                              "name"
                            ],
                            "properties": {
                              "apiVersion": {
                                "type": "string",
                                "maxLength": 317
                              },
                              "kind": {
                                "type": "string",
                                "maxLength": 63
                              },
                              "namespace": {
                                "type": "string",
                                "description": "Absent means the own namespace.",
                                "maxLength": 63
                              },
                              "name": {
                                "type": "string",
                                "maxLength": 253
                              },
                              "group": {
                                "type": "string",
                                "description": "The group in place of apiVersion."
                              },
                              "address": {
                                "type": "string",
                                "description": "Which of the addresses of the object."
                              }
                            }
                          },
                          "uri": {
                            "type": "string",
                            "description": "An http or https URL.",
                            "maxLength": 2048
                          },
                          "CACerts": {
                            "type": "string",
                            "description": "PEM certificates that the sink's TLS is verified with."
                          },
                          "audience": {
                            "type": "string",
                            "description": "The OIDC audience of the sink."
                          }
                        }
                      },
                      "ceOverrides": {
                        "type": "object",
                        "properties": {
                          "extensions": {
                            "type": "object",
                            "description": "Extension attributes added to every event.",
                            "maxProperties": 32,
                            "additionalProperties": {
                              "type": "string",
                              "maxLength": 1024
                            }
                          }
                        }
                      },
                      "delivery": {
                        "type": "object",
                        "description": "How a failed delivery is tried again.",
                        "properties": {
                          "retry": {
                            "type": "integer",
                            "format": "int32",
                            "minimum": 0,
                            "maximum": 1000000,
                            "description": "How often; absent means for ever."
                          },
                          "backoffPolicy": {
                            "type": "string",
                            "description": "How the wait grows.",
                            "enum": [
                              "exponential",
                              "linear"
                            ],
                            "default": "exponential"
                          },
                          "backoffDelay": {
                            "type": "string",
                            "description": "The first wait, as PT0.2S or 200ms; absent means 200 ms.",
                            "maxLength": 64
                          },
                          "retryAfterMax": {
                            "type": "string",
                            "description": "The longest Retry-After that is honoured.",
                            "maxLength": 64
                          },
                          "timeout": {
                            "type": "string",
                            "description": "How long one attempt may take, as PT300S or 5m; absent means 300 s.",
                            "maxLength": 64
                          },
                          "deadLetterSink": {
                            "type": "object",
                            "description": "Where events go that were rejected or whose retries are used up.",
                            "x-kubernetes-validations": [
                              {
                                "rule": "has(self.ref) || has(self.uri)",
                                "message": "give ref, uri or both"
                              }
                            ],
                            "properties": {
                              "ref": {
                                "type": "object",
                                "required": [
                                  "kind",
                                  "name"
                                ],
                                "properties": {
                                  "apiVersion": {
                                    "type": "string",
                                    "maxLength": 317
                                  },
                                  "kind": {
                                    "type": "string",
                                    "maxLength": 63
                                  },
                                  "namespace": {
                                    "type": "string",
                                    "maxLength": 63
                                  },
                                  "name": {
                                    "type": "string",
                                    "maxLength": 253
                                  },
                                  "group": {
                                    "type": "string"
                                  },
                                  "address": {
                                    "type": "string"
                                  }
                                }
                              },
                              "uri": {
                                "type": "string",
                                "maxLength": 2048
                              },
                              "CACerts": {
                                "type": "string"
                              },
                              "audience": {
                                "type": "string"
                              }
                            }
                          },
                          "concurrency": {
                            "type": "integer",
                            "format": "int32",
                            "minimum": 1,
                            "maximum": 1024,
                            "description": "How many deliveries at once; absent means 8."
                          },
                          "format": {
                            "type": "string",
                            "description": "How the event is written, json or binary."
                          }
                        }
                      },
                      "scaleTarget": {
                        "type": "object",
                        "description": "A Deployment or StatefulSet in the same namespace which the hub scales.",
                        "required": [
                          "apiVersion",
                          "kind",
                          "name"
                        ],
                        "properties": {
                          "apiVersion": {
                            "type": "string"
                          },
                          "kind": {
                            "type": "string"
                          },
                          "name": {
                            "type": "string"
                          },
                          "idleAfter": {
                            "type": "string",
                            "description": "How long without work before it sleeps."
                          },
                          "minUp": {
                            "type": "string",
                            "description": "How long it stays up at least."
                          },
                          "replicas": {
                            "type": "integer",
                            "format": "int32",
                            "minimum": 1,
                            "description": "How many replicas it wakes to."
                          }
                        }
                      },
                      "wake": {
                        "type": "boolean",
                        "description": "Send no events; a change wakes the scaleTarget."
                      },
                      "suspend": {
                        "type": "boolean",
                        "description": "Keep following, deliver nothing.",
                        "default": false
                      }
                    }
                  },
                  "status": {
                    "type": "object",
                    "properties": {
                      "observedGeneration": {
                        "type": "integer",
                        "format": "int64",
                        "description": "The generation that the status speaks of."
                      },
                      "conditions": {
                        "type": "array",
                        "description": "Ready, ResourcesFound, Authorized, SinkResolved, Delivering.",
                        "x-kubernetes-list-type": "map",
                        "x-kubernetes-list-map-keys": [
                          "type"
                        ],
                        "items": {
                          "type": "object",
                          "required": [
                            "type",
                            "status",
                            "reason",
                            "message",
                            "lastTransitionTime"
                          ],
                          "properties": {
                            "type": {
                              "type": "string",
                              "maxLength": 316
                            },
                            "status": {
                              "type": "string",
                              "enum": [
                                "True",
                                "False",
                                "Unknown"
                              ]
                            },
                            "reason": {
                              "type": "string",
                              "minLength": 1,
                              "maxLength": 1024
                            },
                            "message": {
                              "type": "string",
                              "maxLength": 32768
                            },
                            "lastTransitionTime": {
                              "type": "string",
                              "format": "date-time"
                            },
                            "observedGeneration": {
                              "type": "integer",
                              "format": "int64",
                              "minimum": 0
                            }
                          }
                        }
                      },
                      "sinkUri": {
                        "type": "string",
                        "description": "Where events go."
                      },
                      "pending": {
                        "type": "integer",
                        "format": "int64",
                        "description": "Keys that wait or are under way; written at most every 10 minutes."
                      },
                      "lastDeliveryTime": {
                        "type": "string",
                        "format": "date-time",
                        "description": "When the last delivery was acknowledged; written at most every 10 minutes."
                      }
                    }
                  }
                }
              }
            }
          }
        ]
      }
    }
    """#
}
