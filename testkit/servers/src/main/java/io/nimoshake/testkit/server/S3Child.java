package io.nimoshake.testkit.server;

import java.lang.reflect.Method;
import java.net.URI;

/**
 * Runs S3Proxy in a child JVM, with its objects in memory. Written against its version 2.6.0 and by
 * reflection, so that this module compiles without it.
 */
final class S3Child implements ChildMain.Server {
  private S3Child() {}

  public static void main(String[] arguments) {
    ChildMain.serve(new S3Child());
  }

  @Override
  public int start() throws Exception {
    Object context =
        call(
            Class.forName("org.jclouds.ContextBuilder")
                .getMethod("newBuilder", String.class)
                .invoke(null, "transient"),
            "build",
            Class.forName("org.jclouds.blobstore.BlobStoreContext"));
    Object builder = Class.forName("org.gaul.s3proxy.S3Proxy").getMethod("builder").invoke(null);
    call(builder, "blobStore", call(context, "getBlobStore"));
    call(builder, "endpoint", URI.create("http://127.0.0.1:0"));
    Object server = call(builder, "build");
    call(server, "start");
    while (!call(server, "getState").equals("STARTED")) {
      Thread.onSpinWait();
    }
    return (int) call(server, "getPort");
  }

  /** Calls the public method of that name that takes these values. */
  private static Object call(Object object, String name, Object... values) throws Exception {
    for (Method method : object.getClass().getMethods()) {
      if (method.getName().equals(name) && takes(method.getParameterTypes(), values)) {
        method.setAccessible(true);
        return method.invoke(object, values);
      }
    }
    throw new NoSuchMethodException(object.getClass() + "." + name);
  }

  private static boolean takes(Class<?>[] types, Object[] values) {
    boolean fits = types.length == values.length;
    for (int i = 0; fits && i < types.length; i++) {
      fits = types[i].isInstance(values[i]);
    }
    return fits;
  }
}
