package io.nimoshake.testkit.server;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Map;

/**
 * Runs DynamoDB Local in a child JVM. Written against its version 3.3.1 and by reflection, so that
 * this module compiles without it.
 *
 * <p>Its own main method takes no port 0 and no address to listen on, hence the way round it.
 */
final class DynamoDbChild implements ChildMain.Server {
  private static final String PACKAGE = "software.amazon.dynamodb.services.local.";

  private final String[] arguments;
  private Map<?, ?> databases = Map.of();

  private DynamoDbChild(String[] arguments) {
    this.arguments = arguments;
  }

  public static void main(String[] arguments) {
    ChildMain.serve(new DynamoDbChild(arguments));
  }

  @Override
  public int start() throws Exception {
    Object proxyServer =
        Class.forName(PACKAGE + "main.ServerRunner")
            .getMethod("createServerFromCommandLineArgs", String[].class)
            .invoke(null, (Object) arguments);
    Object jetty = field(proxyServer, "server");
    Object connector = ((Object[]) call(jetty, "getConnectors"))[0];
    call(connector, "setHost", "127.0.0.1");
    call(connector, "setPort", 0);
    databases =
        (Map<?, ?>)
            field(
                field(field(proxyServer, "serverHandler"), "primaryHandler"), "dbRequestHandlers");
    call(proxyServer, "safeStart");
    return (int) call(connector, "getLocalPort");
  }

  /** {@code roll} and {@code dilate MILLIS}, for every database there is by now. */
  @Override
  public void command(String name, String argument) throws Exception {
    for (Object database : databases.values()) {
      switch (name) {
        case "roll" -> call(database, "triggerShardRollovers");
        case "dilate" -> call(database, "dilateEventTimes", Long.parseLong(argument));
        default -> ChildMain.Server.super.command(name, argument);
      }
    }
  }

  /** Calls the public method of that name and number of arguments. */
  private static Object call(Object object, String name, Object... values) throws Exception {
    for (Method method : object.getClass().getMethods()) {
      if (method.getName().equals(name) && method.getParameterCount() == values.length) {
        try {
          return method.invoke(object, values);
        } catch (InvocationTargetException e) {
          throw e.getCause() instanceof Exception cause ? cause : e;
        }
      }
    }
    throw new NoSuchMethodException(object.getClass() + "." + name);
  }

  private static Object field(Object object, String name) throws ReflectiveOperationException {
    for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (field.getName().equals(name)) {
          field.setAccessible(true);
          return field.get(object);
        }
      }
    }
    throw new NoSuchFieldException(object.getClass() + "." + name);
  }
}
