package io.nimoshake.testkit.server;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * Runs mongo-java-server in a child JVM. Written against its version 1.47.0 and by reflection, so
 * that this module compiles without it.
 */
final class MongoChild implements ChildMain.Server {
  public static void main(String[] arguments) {
    ChildMain.serve(new MongoChild());
  }

  @Override
  public int start() throws Exception {
    String root = "de.bwaldvogel.mongo.";
    Class<?> versionType = Class.forName(root + "ServerVersion");
    Class<?> backendType = Class.forName(root + "MongoBackend");
    Object backend =
        Class.forName(root + "backend.memory.MemoryBackend").getConstructor().newInstance();
    // The newest it can pretend to be: today's drivers refuse its default.
    Object version = versionType.getField("MONGO_5_0").get(null);
    backendType.getMethod("version", Class.forName(root + "MongoVersion")).invoke(backend, version);
    Class<?> serverType = Class.forName(root + "MongoServer");
    Object server = serverType.getConstructor(backendType).newInstance(backend);
    serverType
        .getMethod("bind", SocketAddress.class)
        .invoke(server, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    return ((InetSocketAddress) serverType.getMethod("getLocalAddress").invoke(server)).getPort();
  }
}
