/* The yardstick of `make bench`: inverse kinematics, and forward kinematics as a plain compiled Newton, one pose at a
 * time.  Unknowns: translation of the distal ring and a left-multiplied rotation; residual in lengths; Gaussian
 * elimination with partial pivoting; rotation by Rodrigues' formula.  Written for clarity, not for tricks. */
#include <math.h>
#include <string.h>

static int solve6(double a[6][7]) {
    for (int k = 0; k < 6; k++) {
        int best = k;
        for (int i = k + 1; i < 6; i++) if (fabs(a[i][k]) > fabs(a[best][k])) best = i;
        if (a[best][k] == 0.0) return 0;
        if (best != k) for (int j = k; j < 7; j++) { double t = a[k][j]; a[k][j] = a[best][j]; a[best][j] = t; }
        for (int i = k + 1; i < 6; i++) {
            double f = a[i][k] / a[k][k];
            for (int j = k; j < 7; j++) a[i][j] -= f * a[k][j];
        }
    }
    for (int k = 5; k >= 0; k--) {
        for (int j = k + 1; j < 6; j++) a[k][6] -= a[k][j] * a[j][6];
        a[k][6] /= a[k][k];
    }
    return 1;
}

/* Returns the number of poses that did not converge to tolerance_mm.  start and out: row-major 4x4 poses. */
int forward_all(int count, const double *proximal, const double *distal, const double *lengths,
                const double *start, double tolerance_mm, int max_steps, double *out) {
    int failed = 0;
    for (int n = 0; n < count; n++) {
        double R[3][3], t[3], worst = 0.0;
        for (int i = 0; i < 3; i++) { for (int j = 0; j < 3; j++) R[i][j] = start[4 * i + j]; t[i] = start[4 * i + 3]; }
        for (int step = 0; step <= max_steps; step++) {
            double a[6][7];
            worst = 0.0;
            for (int s = 0; s < 6; s++) {
                const double *p = proximal + 3 * s, *d = distal + 3 * s;
                double arm[3], v[3], length;
                for (int i = 0; i < 3; i++) {
                    arm[i] = R[i][0] * d[0] + R[i][1] * d[1] + R[i][2] * d[2];
                    v[i] = arm[i] + t[i] - p[i];
                }
                length = sqrt(v[0] * v[0] + v[1] * v[1] + v[2] * v[2]);
                for (int i = 0; i < 3; i++) a[s][i] = v[i] / length;
                a[s][3] = (arm[1] * v[2] - arm[2] * v[1]) / length;
                a[s][4] = (arm[2] * v[0] - arm[0] * v[2]) / length;
                a[s][5] = (arm[0] * v[1] - arm[1] * v[0]) / length;
                a[s][6] = lengths[6 * n + s] - length;
                if (fabs(a[s][6]) > worst) worst = fabs(a[s][6]);
            }
            if (worst <= tolerance_mm || step == max_steps || !solve6(a)) break;
            double w[3] = {a[3][6], a[4][6], a[5][6]}, E[3][3], N[3][3];
            double angle = sqrt(w[0] * w[0] + w[1] * w[1] + w[2] * w[2]);
            double f = angle > 1e-9 ? sin(angle) / angle : 1.0;
            double g = angle > 1e-9 ? (1.0 - cos(angle)) / (angle * angle) : 0.5;
            double W[3][3] = {{0, -w[2], w[1]}, {w[2], 0, -w[0]}, {-w[1], w[0], 0}};
            for (int i = 0; i < 3; i++) for (int j = 0; j < 3; j++) {
                double square = w[i] * w[j] - (i == j ? angle * angle : 0.0);
                E[i][j] = (i == j) + f * W[i][j] + g * square;
            }
            for (int i = 0; i < 3; i++) for (int j = 0; j < 3; j++)
                N[i][j] = E[i][0] * R[0][j] + E[i][1] * R[1][j] + E[i][2] * R[2][j];
            memcpy(R, N, sizeof R);
            for (int i = 0; i < 3; i++) t[i] += a[i][6];
        }
        if (!(worst <= tolerance_mm)) failed++;
        double *o = out + 16 * n;
        for (int i = 0; i < 3; i++) { for (int j = 0; j < 3; j++) o[4 * i + j] = R[i][j]; o[4 * i + 3] = t[i]; }
        o[12] = o[13] = o[14] = 0.0; o[15] = 1.0;
    }
    return failed;
}

/* Strut lengths of row-major 4x4 poses T.  Returns the number of poses whose rotation is off by more than tolerance. */
int inverse_all(int count, const double *proximal, const double *distal, const double *T, double tolerance, double *out) {
    int wrong = 0;
    for (int n = 0; n < count; n++) {
        const double *A = T + 16 * n;
        double off = 0.0;
        for (int i = 0; i < 3; i++) for (int j = 0; j < 3; j++) {
            double product = A[i] * A[j] + A[4 + i] * A[4 + j] + A[8 + i] * A[8 + j] - (i == j);
            if (fabs(product) > off) off = fabs(product);
        }
        double det = A[0] * (A[5] * A[10] - A[6] * A[9]) - A[1] * (A[4] * A[10] - A[6] * A[8])
                   + A[2] * (A[4] * A[9] - A[5] * A[8]);
        if (!(off <= tolerance && det > 0.0)) wrong++;
        for (int s = 0; s < 6; s++) {
            const double *p = proximal + 3 * s, *d = distal + 3 * s;
            double square = 0.0;
            for (int i = 0; i < 3; i++) {
                double v = A[4 * i] * d[0] + A[4 * i + 1] * d[1] + A[4 * i + 2] * d[2] + A[4 * i + 3] - p[i];
                square += v * v;
            }
            out[6 * n + s] = sqrt(square);
        }
    }
    return wrong;
}
