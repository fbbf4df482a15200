import Glibc
import HTTP

/// The process around a reconciler.
public enum ReconcilerProcess {
  /// Receives events and reconciles until the process is asked to end. Call it from the main thread, first thing in
  /// `main`; reconcilers run on other threads, never on the main actor.
  ///
  /// On SIGTERM or SIGINT it takes no new connections, finishes what runs or waits (for at most `DRAIN_SECONDS`) and
  /// ends with exit code 0. Exit code 1: it could not listen. Exit code 2: a variable of the environment is wrong or
  /// missing. The reason is the last line on standard error.
  ///
  /// `component` is who writes: the field manager, and the source of Kubernetes Events.
  ///
  /// | variable | meaning | default |
  /// | --- | --- | --- |
  /// | `PORT` | where events arrive; 0 takes a free port, which the first line of the log names | `8080` |
  /// | `BIND_ADDRESS` | the address to listen on | `0.0.0.0` in a pod, `127.0.0.1` with `KUBERNETES_API_URL` |
  /// | `KUBERNETES_API_URL` | an API server other than the pod's own, such as `http://127.0.0.1:8001` | none |
  /// | `KUBERNETES_TOKEN_FILE` | a bearer token for it; only over `https` or to this machine | none |
  /// | `KUBERNETES_CA_FILE` | whose certificate it must have, if not one of the system's authorities | none |
  /// | `KUBERNETES_SERVICE_HOST`, `_PORT` | the API server of the pod's cluster, with the service account's token and CA | set by Kubernetes |
  /// | `LOG_LEVEL` | `debug`, `info`, `warning`, `error` | `info` |
  /// | `DRAIN_SECONDS` | how long running reconciles may take after SIGTERM | `25` |
  /// | `EXIT_WITH_PARENT` | the pid of the starting process, with which this one ends as if by SIGTERM | none |
  public static func run(_ reconciler: some Reconciler, as component: String) -> Never {
    let signals = TerminationSignals()
    let log = ReconcilerLog.standard
    let environment: ReconcilerEnvironment
    do {
      environment = try ReconcilerEnvironment(component: component) { getenv($0).map { String(cString: $0) } }
    } catch {
      log.log(.error, "cannot start", ["reason": error.description])
      exit(2)
    }

    let api = KubernetesAPI(environment.kubernetes, log: log)
    let receiver = EventReceiver(reconciler, api: api, log: log)
    let server: HTTPServer
    do {
      server = try HTTPServer(
        HTTPServerConfiguration(host: environment.host, port: environment.port), handler: receiver.handle)
    } catch {
      log.log(.error, "cannot start", ["reason": error.description])
      exit(1)
    }
    server.start()
    log.log(
      .info, "listening",
      [
        "host": server.host, "port": "\(server.port)", "pid": "\(getpid())",
        "api": environment.kubernetes.url,
      ])

    let received = signals.wait(parent: environment.parent)
    log.log(.info, "draining", ["signal": received.name, "seconds": "\(environment.drainSeconds)"])
    receiver.beginDraining()
    server.drain(seconds: Double(environment.drainSeconds))
    api.stop()
    log.log(.info, "ended")
    exit(0)
  }
}
