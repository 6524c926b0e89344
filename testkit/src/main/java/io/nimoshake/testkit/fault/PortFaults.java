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
import java.util.Set;
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
  public static final String ANY = FaultScript.ANY;

  /** Which calls of the ports fail. */
  public static final class Rule extends CallRule<PortCall, PortFault, Rule> {
    private Rule(FaultScript<PortCall, PortFault> script, String method) {
      super(script, method);
    }

    @Override
    Rule self() {
      return this;
    }
  }

  private interface Call {
    Object make() throws Fault;
  }

  private final FaultScript<PortCall, PortFault> script = new FaultScript<>();

  /** Begins a rule for a method, or for {@link #ANY}. */
  public Rule fail(String method) {
    return new Rule(script, method);
  }

  /** Short for a rule that strikes the nth call of a method from now on, counted from 1. */
  public PortFaults onNth(String method, long nth, PortFault fault) {
    fail(method).nth(nth).with(fault);
    return this;
  }

  /**
   * Short for a rule that strikes calls of some methods at random, with one of the faults.
   *
   * @param methods empty for all
   */
  public PortFaults seeded(
      Set<String> methods, long seed, double probability, PortFault... faults) {
    fail(ANY)
        .where(call -> methods.isEmpty() || methods.contains(call.name()))
        .randomly(seed, probability)
        .with(faults);
    return this;
  }

  /** Drops all rules. */
  public void heal() {
    script.heal();
  }

  /** How many calls of a method, or of {@link #ANY}, were made. */
  public long calls(String method) {
    return script.calls(method);
  }

  /** How many faults were injected, by {@link PortFault#kind}. */
  public Map<String, Long> injected() {
    return script.injected();
  }

  /** The source, and the readers it opens. */
  public Source on(Source source) {
    return decorate(
        Source.class,
        source,
        (call, answer) ->
            call.name().equals("open") ? on((SplitReader) answer, call.arguments()) : answer);
  }

  public Target on(Target target) {
    return decorate(Target.class, target, (call, answer) -> answer);
  }

  public CheckpointStore on(CheckpointStore store) {
    return decorate(CheckpointStore.class, store, (call, answer) -> answer);
  }

  public DeadLetters on(DeadLetters deadLetters) {
    return decorate(DeadLetters.class, deadLetters, (call, answer) -> answer);
  }

  /** One reader; used by one thread at a time, as the port says. */
  public SplitReader on(SplitReader reader) {
    return on(reader, List.of());
  }

  private SplitReader on(SplitReader reader, List<Object> opened) {
    return new SplitReader() {
      private ChangeBatch unanswered;

      @Override
      public ChangeBatch read() throws Fault {
        ChangeBatch batch =
            (ChangeBatch)
                strike(
                    new PortCall("read", opened),
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
    Object of(PortCall call, Object answer);
  }

  private <T> T decorate(Class<T> port, T inner, Answer answers) {
    return port.cast(
        Proxy.newProxyInstance(
            port.getClassLoader(),
            new Class<?>[] {port},
            (proxy, method, arguments) -> {
              boolean mayFail = List.of(method.getExceptionTypes()).contains(Fault.class);
              List<Object> given = arguments == null ? List.of() : List.of(arguments);
              PortCall named = new PortCall(method.getName(), given);
              Call call = () -> invoke(inner, method, arguments);
              return answers.of(named, mayFail ? strike(named, call) : call.make());
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

  private Object strike(PortCall named, Call call) throws Fault {
    PortFault fault = script.strike(named).orElse(null);
    String method = named.name();
    if (fault == null) {
      return call.make();
    }
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
