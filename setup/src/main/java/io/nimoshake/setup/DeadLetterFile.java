package io.nimoshake.setup;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.Rejected;
import io.nimoshake.core.port.DeadLetters;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.List;

/**
 * Appends rejected items to a file. Each line is a JSON object with {@code time}, {@code table},
 * {@code key}, {@code reason} and {@code item}. The lines are on the disk when {@link #accept}
 * returns. After a restart the same item may be in the file twice. The file is created with the
 * first item.
 */
public final class DeadLetterFile implements DeadLetters, AutoCloseable {
  private final Path path;
  private final Clock clock;
  private FileChannel channel;

  public DeadLetterFile(Path path, Clock clock) {
    this.path = path;
    this.clock = clock;
  }

  @Override
  public synchronized void accept(List<Rejected> items) throws Fault {
    StringBuilder lines = new StringBuilder();
    for (Rejected item : items) {
      lines.append("{\"time\":\"").append(clock.instant()).append('"');
      field(lines, "table", item.table());
      field(lines, "key", item.key());
      field(lines, "reason", item.reason());
      // The item is already JSON.
      lines.append(",\"item\":").append(item.item().isBlank() ? "null" : item.item());
      lines.append("}\n");
    }
    try {
      if (channel == null) {
        channel =
            FileChannel.open(
                path,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.APPEND);
      }
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(lines.toString());
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    } catch (IOException e) {
      throw new Fault.Fatal("dead letters cannot be written to " + path + ": " + e, e);
    }
  }

  private static void field(StringBuilder line, String name, String value) {
    line.append(",\"").append(name).append("\":");
    JsonText.append(line, value);
  }

  @Override
  public synchronized void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }
}
