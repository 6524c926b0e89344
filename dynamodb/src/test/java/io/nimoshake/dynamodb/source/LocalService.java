package io.nimoshake.dynamodb.source;

import io.nimoshake.dynamodb.client.DynamoClients;
import io.nimoshake.dynamodb.client.DynamoSettings;
import java.util.concurrent.atomic.AtomicInteger;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/** An own database in the DynamoDB Local that all tests of this module share. */
public final class LocalService implements AutoCloseable {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final DynamoSettings settings;
  private final DynamoClients clients;

  private LocalService(String accessKey) {
    settings = Servers.local(accessKey);
    clients = Servers.clients(settings);
  }

  /** An empty database. */
  public static LocalService fresh() {
    return new LocalService("fresh" + COUNT.incrementAndGet());
  }

  public DynamoSettings settings() {
    return settings;
  }

  public DynamoDbClient client() {
    return clients.tables();
  }

  /**
   * Creates a table.
   *
   * @param types type of the hash key {@code h} and, if it has two characters, of the range key
   *     {@code r}
   */
  public void create(String table, String types) {
    client().createTable(LocalTables.request(table, types).build());
  }

  @Override
  public void close() {
    clients.close();
  }
}
