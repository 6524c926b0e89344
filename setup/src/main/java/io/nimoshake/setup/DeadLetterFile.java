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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends rejected items to a file. Each line is a JSON object with {@code time}, {@code table},
 * {@code key}, {@code reason} and {@code item}. The lines are on the disk when {@link #accept}
 * returns. After a restart the same item may be in the file twice. Also logs rejected items, but
 * only the first few of each minute.
 */
public final class DeadLetterFile implements DeadLetters, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DeadLetterFile.class);
  private static final int LOGGED_A_MINUTE = 10;

  private final Path path;
  private final Clock clock;
  private FileChannel channel;

  /** The minute of the last logged item, since 1970, and how many were logged in it. */
  private long loggedMinute;

  private int loggedItems;

  public DeadLetterFile(Path path, Clock clock) {
    this.path = path;
    this.clock = clock;
  }

  /**
   * Creates or opens the file. Call it at the start, so that a wrong path is not found hours later.
   */
  public synchronized void open() throws Fault {
    try {
      if (channel == null) {
        channel =
            FileChannel.open(
                path,
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE,
                StandardOpenOption.APPEND);
      }
    } catch (IOException e) {
      throw cannotWrite(e);
    }
  }

  private Fault cannotWrite(IOException e) {
    return new Fault.Fatal("dead letters cannot be written to " + path + ": " + e, e);
  }

  private void log(Rejected item) {
    long minute = clock.instant().getEpochSecond() / 60;
    loggedItems = minute == loggedMinute ? loggedItems + 1 : 1;
    loggedMinute = minute;
    if (loggedItems <= LOGGED_A_MINUTE) {
      LOG.warn(
          "table {}: item {} is rejected and left out, see {}: {}",
          item.table(),
          item.key(),
          path,
          item.reason());
    } else if (loggedItems == LOGGED_A_MINUTE + 1) {
      LOG.warn("more items are rejected in this minute, see {}", path);
    }
  }

  @Override
  public synchronized void accept(List<Rejected> items) throws Fault {
    open();
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
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(lines.toString());
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    } catch (IOException e) {
      throw cannotWrite(e);
    }
    items.forEach(this::log);
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
