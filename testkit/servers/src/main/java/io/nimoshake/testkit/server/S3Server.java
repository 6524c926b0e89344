package io.nimoshake.testkit.server;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/**
 * S3Proxy in a child JVM: a server that speaks the protocol of Amazon S3, in memory, on a free port
 * of the loopback interface. It ends when closed and when this JVM ends. It takes any credentials.
 * The bucket is part of the path.
 */
public final class S3Server implements AutoCloseable {
  private static final int HEAP_MEGABYTES = 256;

  private final ChildProcess child;

  private S3Server(ChildProcess child) {
    this.child = child;
  }

  /**
   * Returns when it takes requests.
   *
   * @throws MissingServerException if it is not on this machine
   * @throws IllegalStateException if it does not start
   */
  public static S3Server start() {
    Path lib = ServerJars.find("s3proxy", "S3Proxy");
    return new S3Server(
        ChildProcess.start("S3Proxy", lib, S3Child.class, HEAP_MEGABYTES, List.of()));
  }

  /** Where it listens, as the SDK's endpoint override. */
  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + child.port());
  }

  @Override
  public void close() {
    child.close();
  }
}
