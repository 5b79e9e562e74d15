const gauge = (help: string, labels: readonly string[] = []) => ({ type: 'gauge', labels, help }) as const;
const counter = (help: string) => ({ type: 'counter', labels: [], help }) as const;

/** What the client for Prometheus tells of Node and the process by itself. On Linux all of it. */
export const nodeCatalogue = {
  process_cpu_user_seconds_total: counter('Total user CPU time spent in seconds.'),
  process_cpu_system_seconds_total: counter('Total system CPU time spent in seconds.'),
  process_cpu_seconds_total: counter('Total user and system CPU time spent in seconds.'),
  process_start_time_seconds: gauge('Start time of the process since unix epoch in seconds.'),
  process_resident_memory_bytes: gauge('Resident memory size in bytes.'),
  process_virtual_memory_bytes: gauge('Virtual memory size in bytes.'),
  process_heap_bytes: gauge('Process heap size in bytes.'),
  process_open_fds: gauge('Number of open file descriptors.'),
  process_max_fds: gauge('Maximum number of open file descriptors.'),
  nodejs_eventloop_lag_seconds: gauge('Lag of event loop in seconds.'),
  nodejs_eventloop_lag_min_seconds: gauge('The minimum recorded event loop delay.'),
  nodejs_eventloop_lag_max_seconds: gauge('The maximum recorded event loop delay.'),
  nodejs_eventloop_lag_mean_seconds: gauge('The mean of the recorded event loop delays.'),
  nodejs_eventloop_lag_stddev_seconds: gauge('The standard deviation of the recorded event loop delays.'),
  nodejs_eventloop_lag_p50_seconds: gauge('The 50th percentile of the recorded event loop delays.'),
  nodejs_eventloop_lag_p90_seconds: gauge('The 90th percentile of the recorded event loop delays.'),
  nodejs_eventloop_lag_p99_seconds: gauge('The 99th percentile of the recorded event loop delays.'),
  nodejs_heap_size_total_bytes: gauge('Process heap size from Node.js in bytes.'),
  nodejs_heap_size_used_bytes: gauge('Process heap size used from Node.js in bytes.'),
  nodejs_external_memory_bytes: gauge('Node.js external memory size in bytes.'),
  nodejs_heap_space_size_total_bytes: gauge('Process heap space size total from Node.js in bytes.', [
    'space',
  ]),
  nodejs_heap_space_size_used_bytes: gauge('Process heap space size used from Node.js in bytes.', ['space']),
  nodejs_heap_space_size_available_bytes: gauge('Process heap space size available from Node.js in bytes.', [
    'space',
  ]),
  nodejs_version_info: gauge('Node.js version info.', ['version', 'major', 'minor', 'patch']),
  nodejs_gc_duration_seconds: {
    type: 'histogram',
    labels: ['kind'],
    help: 'Garbage collection duration by kind, one of major, minor, incremental or weakcb.',
  },
} as const;

export type NodeMetricName = keyof typeof nodeCatalogue;
