package io.nimoshake.testkit.fault;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.core.model.ChangeBatch;
import io.nimoshake.core.port.CheckpointStore;
import io.nimoshake.core.port.DeadLetters;
import io.nimoshake.core.port.Source;
import io.nimoshake.core.port.SplitReader;
import io.nimoshake.core.port.Target;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Decorates ports so that chosen calls fail, take long, or have their effect and seem to fail. A
 * call is named by its method: {@code write}, {@code read}, {@code save}. Rules may be added and
 * dropped at any time; of several that apply to a call, the one added first wins.
 *
 * <p>What is drawn at random depends only on the seed, the method and how manieth call of it this
 * is. Calls that throw nothing ({@code close}, {@code capabilities}) are left alone. A reader keeps
 * its port's promise: a page whose answer is lost is what its next read returns.
 */
public final class PortFaults {
  /** Stands for every method in a rule. */
  public static final String ANY = "*";

  private interface Rule {
    Optional<PortFault> strike(String method, long nth, long nthOfAny);
  }

  private interface Call {
    Object make() throws Fault;
  }

  private final List<Rule> rules = new CopyOnWriteArrayList<>();
  private final Map<String, AtomicLong> calls = new ConcurrentHashMap<>();
  private final Tally injected = new Tally();

  /** Strikes the nth call of a method from now on, or of {@link #ANY}; counted from 1. */
  public PortFaults onNth(String method, long nth, PortFault fault) {
    long due = calls(method) + nth;
    rules.add(
        (name, number, ofAny) -> {
          boolean hit = method.equals(ANY) ? ofAny == due : method.equals(name) && number == due;
          return hit ? Optional.of(fault) : Optional.empty();
        });
    return this;
  }

  /**
   * Strikes calls of some methods at random, with one of the faults.
   *
   * @param methods empty for all
   * @param probability of a call to be struck, 0 to 1
   */
  public PortFaults seeded(
      Set<String> methods, long seed, double probability, PortFault... faults) {
    List<PortFault> choice = List.of(faults);
    rules.add(
        (name, number, ofAny) -> {
          SplittableRandom random =
              new SplittableRandom(seed * 31 + name.hashCode() * 1_000_003L + number);
          boolean hit =
              (methods.isEmpty() || methods.contains(name)) && random.nextDouble() < probability;
          return hit ? Optional.of(choice.get(random.nextInt(choice.size()))) : Optional.empty();
        });
    return this;
  }

  /** Drops all rules. */
  public void heal() {
    rules.clear();
  }

  /** How many calls of a method, or of {@link #ANY}, were made. */
  public long calls(String method) {
    AtomicLong count = calls.get(method);
    return count == null ? 0 : count.get();
  }

  /** How many faults were injected, by {@link PortFault#kind}. */
  public Map<String, Long> injected() {
    return injected.counts();
  }

  /** The source, and the readers it opens. */
  public Source on(Source source) {
    return decorate(
        Source.class,
        source,
        (method, answer) -> method.equals("open") ? on((SplitReader) answer) : answer);
  }

  public Target on(Target target) {
    return decorate(Target.class, target, (method, answer) -> answer);
  }

  public CheckpointStore on(CheckpointStore store) {
    return decorate(CheckpointStore.class, store, (method, answer) -> answer);
  }

  public DeadLetters on(DeadLetters deadLetters) {
    return decorate(DeadLetters.class, deadLetters, (method, answer) -> answer);
  }

  /** One reader; used by one thread at a time, as the port says. */
  public SplitReader on(SplitReader reader) {
    return new SplitReader() {
      private ChangeBatch unanswered;

      @Override
      public ChangeBatch read() throws Fault {
        ChangeBatch batch =
            (ChangeBatch)
                strike(
                    "read",
                    () -> {
                      if (unanswered == null) {
                        unanswered = reader.read();
                      }
                      return unanswered;
                    });
        unanswered = null;
        return batch;
      }

      @Override
      public void close() {
        reader.close();
      }
    };
  }

  private interface Answer {
    Object of(String method, Object answer);
  }

  private <T> T decorate(Class<T> port, T inner, Answer answers) {
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (proxy, method, arguments) -> {
              String name = method.getName();
              boolean mayFail = List.of(method.getExceptionTypes()).contains(Fault.class);
              Call call = () -> invoke(inner, method, arguments);
              return answers.of(name, mayFail ? strike(name, call) : call.make());
            }));
  }

  private static Object invoke(Object inner, Method method, Object[] arguments) throws Fault {
    try {
      return method.invoke(inner, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Fault fault) {
        throw fault;
      } else if (e.getCause() instanceof RuntimeException unchecked) {
        throw unchecked;
      } else if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(method + " threw what it does not declare", e.getCause());
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(method + " of a port is not public", e);
    }
  }

  private Object strike(String method, Call call) throws Fault {
    long nth = count(method);
    long ofAny = count(ANY);
    PortFault fault =
        rules.stream()
            .flatMap(rule -> rule.strike(method, nth, ofAny).stream())
            .findFirst()
            .orElse(null);
    if (fault == null) {
      return call.make();
    }
    injected.count(fault.kind());
    if (fault instanceof PortFault.Throttles) {
      throw new Fault.Throttled(method + ": throttled", null);
    } else if (fault instanceof PortFault.Resets) {
      throw new Fault.Transient(method + ": reset", null);
    } else if (fault instanceof PortFault.Fails fails) {
      throw fails.fault();
    } else if (fault instanceof PortFault.Slow slow) {
      LockSupport.parkNanos(slow.by().toNanos());
      return call.make();
    }
    if (call.make() instanceof SplitReader opened) {
      opened.close();
    }
    throw new Fault.Transient(method + ": answer lost", null);
  }

  private long count(String method) {
    return calls.computeIfAbsent(method, name -> new AtomicLong()).incrementAndGet();
  }

  /**
   * A port that comes again by itself as long as a fault may pass, as the callers of ports do; for
   * tests that do not expect faults.
   */
  public static <T> T comingAgain(Class<T> port, T inner) {
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (proxy, method, arguments) -> {
              while (true) {
                try {
                  return invoke(inner, method, arguments);
                } catch (Fault fault) {
                  if (!fault.isRetryable()) {
                    throw fault;
                  }
                }
              }
            }));
  }
}
