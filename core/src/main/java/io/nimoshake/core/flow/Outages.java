package io.nimoshake.core.flow;

import io.nimoshake.core.fault.Reachability;
import io.nimoshake.core.fault.Unreachable;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers that cannot be reached now, and what waits for each. The log has one line when a
 * server stops answering and one when it answers again, however many calls fail meanwhile. Safe for
 * use by many threads. Nobody calls it while nothing fails.
 *
 * <pre>
 *                a call fails, or the
 *                adapter misses the server           it lasts for GRACE
 *   (no entry) ---------------------------> SUSPECTED -----------------> TOLD
 *       ^                                       |                         |
 *       +---------------------------------------+-------------------------+
 *         every waiting call has succeeded or ended, and the adapter does not miss the server
 * </pre>
 */
public final class Outages implements Reachability {
  /** A connection that breaks once is normal. Longer than this it is an outage. */
  static final Duration GRACE = Duration.ofSeconds(3);

  /** Nobody tries a call any more that has not failed for so long: its table was given up. */
  static final Duration STALE = Duration.ofMinutes(2);

  private static final Duration LOOK = Duration.ofSeconds(10);
  private static final Duration HALF_A_DAY = Duration.ofHours(12);
  private static final DateTimeFormatter TIME = formatter("HH:mm:ss");
  private static final DateTimeFormatter DATE_AND_TIME = formatter("yyyy-MM-dd HH:mm:ss");
  private static final Logger LOG = LoggerFactory.getLogger(Outages.class);

  private final Scheduler scheduler;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private static DateTimeFormatter formatter(String pattern) {
    return DateTimeFormatter.ofPattern(pattern).withZone(ZoneId.systemDefault());
  }

  public Outages(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /**
   * What waits for a server.
   *
   * @param table the table; empty if it belongs to none
   * @param activity what is tried: "saving the checkpoint"
   */
  public record Waiter(Optional<String> table, String activity) {}

  /**
   * A server that cannot be reached now.
   *
   * @param since when its first call failed
   * @param waiters what waits for it
   */
  public record Outage(Unreachable server, Instant since, List<Waiter> waiters) {
    public Outage {
      waiters = List.copyOf(waiters);
    }

    /** The tables that wait, each once. */
    public List<String> tables() {
      return waiters.stream().flatMap(waiter -> waiter.table().stream()).distinct().toList();
    }

    /** One line for people. A time of another day has its date. */
    public String line(Instant now) {
      boolean today = Duration.between(since, now).compareTo(HALF_A_DAY) < 0;
      return server + " since " + (today ? TIME : DATE_AND_TIME).format(since) + "; " + waiting();
    }

    private String waiting() {
      int tables = tables().size();
      return switch (tables) {
        case 0 -> "no table waits for it";
        case 1 -> "1 table waits";
        default -> tables + " tables wait";
      };
    }
  }

  private static final class Entry {
    private Unreachable server;
    private Instant since;
    private boolean told;
    private boolean missed;

    /** With the time of the last failure. */
    private final Map<Waiter, Instant> waiters = new LinkedHashMap<>();

    Entry(Unreachable server, Instant since) {
      this.server = server;
      this.since = since;
    }

    Outage outage() {
      return new Outage(server, since, List.copyOf(waiters.keySet()));
    }
  }

  /** A call has failed because of this server, and will be tried again. */
  void failing(Waiter waiter, Unreachable server) {
    synchronized (this) {
      Entry entry = entry(server);
      entry.waiters.put(waiter, scheduler.now());
      // It waits for one server at a time. Members of a cluster follow each other.
      for (Entry other : List.copyOf(entries.values())) {
        if (other != entry && other.waiters.remove(waiter) != null && isOver(other)) {
          entry.since = other.since.isBefore(entry.since) ? other.since : entry.since;
          entry.told |= other.told;
          entries.remove(other.server.server());
        }
      }
    }
  }

  @Override
  public synchronized void missed(Unreachable server) {
    entry(server).missed = true;
  }

  @Override
  public void reached(String server) {
    Optional<Entry> over;
    synchronized (this) {
      Entry entry = entries.get(server);
      if (entry == null) {
        return;
      }
      entry.missed = false;
      over = removeIfOver(entry);
    }
    over.ifPresent(this::tellOver);
  }

  /** A call has succeeded or will not be tried again. */
  void ended(Waiter waiter) {
    List<Entry> over = new ArrayList<>();
    synchronized (this) {
      for (Entry entry : List.copyOf(entries.values())) {
        if (entry.waiters.remove(waiter) != null) {
          removeIfOver(entry).ifPresent(over::add);
        }
      }
    }
    over.forEach(this::tellOver);
  }

  /** The outages that last. */
  public synchronized List<Outage> current() {
    return entries.values().stream().filter(entry -> entry.told).map(Entry::outage).toList();
  }

  private Entry entry(Unreachable server) {
    Entry entry =
        entries.computeIfAbsent(
            server.server(),
            name -> {
              scheduler.after(GRACE, () -> look(name));
              return new Entry(server, scheduler.now());
            });
    entry.server = server;
    return entry;
  }

  private static boolean isOver(Entry entry) {
    return entry.waiters.isEmpty() && !entry.missed;
  }

  /** Removes an entry that is over; returns it if the log has told of it. */
  private Optional<Entry> removeIfOver(Entry entry) {
    if (!isOver(entry)) {
      return Optional.empty();
    }
    entries.remove(entry.server.server());
    return Optional.of(entry).filter(removed -> removed.told);
  }

  /** Looks whether an outage lasts, or whether everything that waited for it has been given up. */
  private void look(String server) {
    Optional<Entry> over = Optional.empty();
    Optional<Outage> begun = Optional.empty();
    synchronized (this) {
      Entry entry = entries.get(server);
      if (entry == null) {
        return;
      }
      Instant stale = scheduler.now().minus(STALE);
      entry.waiters.values().removeIf(last -> last.isBefore(stale));
      if (isOver(entry)) {
        over = removeIfOver(entry);
      } else {
        begun = entry.told ? Optional.empty() : Optional.of(entry.outage());
        entry.told = true;
        scheduler.after(LOOK, () -> look(server));
      }
    }
    begun.ifPresent(this::tellBegun);
    over.ifPresent(this::tellOver);
  }

  private void tellBegun(Outage outage) {
    LOG.atWarn()
        .addKeyValue("event", "outage")
        .addKeyValue("server", outage.server().server())
        .addKeyValue("error", outage.server().how())
        .log("{}", outage.line(scheduler.now()));
  }

  private void tellOver(Entry entry) {
    LOG.atInfo()
        .addKeyValue("event", "outage_over")
        .addKeyValue("server", entry.server.server())
        .log(
            "{} answers again after {} s",
            entry.server.server(),
            Duration.between(entry.since, scheduler.now()).toSeconds());
  }
}
