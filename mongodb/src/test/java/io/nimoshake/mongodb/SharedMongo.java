package io.nimoshake.mongodb;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import io.nimoshake.testkit.fault.MongoFaultProxy;
import io.nimoshake.testkit.server.MongoServer;
import java.net.URI;
import java.util.UUID;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One server for all tests of a class; each test takes a database of its own. */
public final class SharedMongo implements BeforeAllCallback, AfterAllCallback {
  private MongoServer server;
  private MongoClient client;

  @Override
  public void beforeAll(ExtensionContext context) {
    server = MongoServer.start(256);
    client = MongoClients.create(server.uri());
  }

  @Override
  public void afterAll(ExtensionContext context) {
    client.close();
    server.close();
  }

  public String uri() {
    return server.uri();
  }

  /** A proxy before the server. The caller closes it. */
  public MongoFaultProxy faultProxy() {
    URI server = URI.create(uri());
    return MongoFaultProxy.to(server.getHost(), server.getPort());
  }

  public MongoDatabase freshDatabase() {
    return client.getDatabase("db" + UUID.randomUUID().toString().replace("-", ""));
  }
}
